"""One round: the sites lose each other, both report, processes are killed; after the next alert all must be well."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from local.scenarios.alertmanager import FiringAlert
from local.stack.embedded import EmbeddedStack
from verification.chaos.invariant_monitor import InvariantMonitor
from verification.chaos.killing import Watched

_END_SECONDS = 120.0
_MOST_KILLS = 3


@dataclass(frozen=True)
class Round:
    """What happened in a round; `wrong` is empty when nothing is."""

    number: int
    outcomes: tuple[str, ...]
    after_the_next_alert: tuple[str, ...]
    wrong: str


class Rounds:
    """Plays rounds on one stack."""

    def __init__(self, stack: EmbeddedStack, watched: Watched, seed: int) -> None:
        self._stack = stack
        self._watched = watched
        self._choice = random.Random(seed)
        self._sites: Sequence[str] = [site.name for site in stack.world.plan.sites]

    def play(self, number: int) -> Round:
        """Play one round."""
        self._stack.reset()
        self._stack.world.cut()
        reporters = self._choice.choice([self._sites, self._sites[::-1], [*self._sites, self._sites[0]]])
        killer = threading.Thread(target=self._kill_some)
        with InvariantMonitor(self._stack) as monitor:
            with ThreadPoolExecutor(len(reporters)) as pool:
                killer.start()
                posted = [pool.submit(self._report, reporter, number) for reporter in reporters]
            executions = [name for each in posted for name in each.result()]
            outcomes = self._ended(executions)
            killer.join()
            wrong = _broken(self._stack.world.show())
            repeated = [name for reporter in self._sites for name in self._report(reporter, number, seconds_ago=60)]
            after = self._ended(repeated)
        return Round(number, outcomes, after, wrong or monitor.violation or self._unfinished())

    def _report(self, reporter: str, number: int, seconds_ago: int = 30) -> tuple[str, ...]:
        (site,) = (other for other in self._sites if other != reporter)
        alert = FiringAlert(reporter, site, seconds_ago=seconds_ago)
        answer = self._stack.post(alert.body(datetime.now(UTC)))
        if answer.status != 202:
            raise AssertionError(f"round {number}: the webhook answered {answer.status} {answer.body}")
        return answer.executions

    def _kill_some(self) -> None:
        for _ in range(self._choice.randint(1, _MOST_KILLS)):
            self._watched.kill_one(self._choice, seconds=3.0)

    def _ended(self, executions: Sequence[str]) -> tuple[str, ...]:
        """Wait until they have ended; return their outcomes."""
        client = self._stack.client("stepfunctions")
        prefix = self._stack.state_machine_arn.replace(":stateMachine:", ":execution:")
        deadline = time.monotonic() + _END_SECONDS
        outcomes = []
        for name in dict.fromkeys(executions):
            while (found := client.describe_execution(executionArn=f"{prefix}:{name}"))["status"] == "RUNNING":
                if time.monotonic() > deadline:
                    raise AssertionError(f"the execution {name} still runs after {_END_SECONDS} s")
                time.sleep(0.05)
            outcomes.append(found.get("error") or json.loads(found["output"])["code"])
        return tuple(outcomes)

    def _unfinished(self) -> str:
        """Say what the next alert has left undone."""
        shown = self._stack.world.show()
        record = shown["record"]
        if record is None or record["phase"] != "FENCED":
            return f"the record is {record}"
        survivor, fenced = record["survivor"], record["fenced"]
        if shown["endpoints"] != [survivor]:
            return f"{survivor} survives by decision, but in the accelerator are {shown['endpoints']}"
        if shown["infinispan"][survivor][fenced] != "offline":
            return f"{survivor}'s Infinispan calls {fenced} {shown['infinispan'][survivor][fenced]}"
        if not self._stack.world.accepts_writes(survivor):
            return f"{survivor} refuses writes"
        return _broken(shown)


def _broken(shown: dict[str, Any]) -> str:
    """Check I3."""
    for site, others in shown["infinispan"].items():
        for other, status in others.items():
            if status == "offline" and other in shown["endpoints"]:
                return f"I3: {site}'s Infinispan has dropped {other}, which is in the accelerator"
    return ""
