"""A sample event, invoked: the world is arranged, the function runs in a container, the world settles."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from local.stack.sam_local.environment import ContainerEnvironment
from local.stack.sam_local.matching import settled, state
from local.stack.sam_local.recording import EVENTS
from local.stack.sam_local.samples import Sample
from local.world import World

SETTLE_SECONDS = 60.0


@dataclass(frozen=True)
class Invoked:
    """What was answered, and what the world was like before and after."""

    answer: Any
    before: dict[str, Any]
    after: dict[str, Any]


def invoke(environment: ContainerEnvironment, sample: Sample) -> Invoked:
    """Raises SamLocalError when there is no answer, TimeoutError when an execution doesn't end."""
    world = environment.stack.world
    world.reset()
    sample.arrange(environment.stack)
    earlier = len(world.show()["executions"])
    before = state(world, earlier)
    answer = environment.invoke(EVENTS / sample.event)
    wait_until_settled(world)
    return Invoked(answer, before, state(world, earlier))


def wait_until_settled(world: World) -> None:
    """Raises TimeoutError when an execution doesn't end."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while not settled(world):
        if time.monotonic() > deadline:
            raise TimeoutError(f"An execution doesn't end: {world.show()['executions']}")
        time.sleep(0.1)


def in_short(answer: Any) -> str:
    """An answer in some ten words."""
    if "statusCode" in answer:
        body = answer["body"]
        names = [execution["execution"] for execution in body.get("executions", [])]
        said = [*names, *([body["error"]] if "error" in body else [])] or [f"{body['ignored']} ignored"]
        return f"{answer['statusCode']} {', '.join(said)}"
    if "errorType" in answer:
        return f"{answer['errorType']}: {answer['errorMessage']}"
    if "outcome" in answer:
        return f"{answer['outcome']['code']}: {answer['outcome']['sentence']}"
    return " ".join(f"{key}={value}" for key, value in answer.items() if key in SHORT) or str(answer["reason"])


SHORT = ("verdict", "evidence", "fence", "removed")
