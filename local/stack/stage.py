"""What a scenario is played on: a world with the application deployed into it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from local.scenarios.model import CrashPoint
from local.world import World
from local.world.world import STACK_REGION


@dataclass(frozen=True)
class Answer:
    """What the webhook answered. `body` is the parsed JSON."""

    status: int
    body: Mapping[str, Any]

    @property
    def executions(self) -> tuple[str, ...]:
        """The names of the executions that were started, or that ran already."""
        return tuple(started["execution"] for started in self.body.get("executions", []))


class Stage(Protocol):
    """A stage shows one scenario at a time; `reset` makes it as new."""

    @property
    def world(self) -> World:
        """The world around the application."""

    @property
    def state_machine_arn(self) -> str:
        """The workflow's ARN."""

    @property
    def infinispan_secret_arn(self) -> str:
        """The secret with Infinispan's credentials."""

    @property
    def topic_arn(self) -> str:
        """The topic on which outcomes are announced."""

    def client(self, service: str, region: str = STACK_REGION) -> Any:
        """A boto3 client."""

    def post(self, body: bytes) -> Answer:
        """Post a body to the webhook, with the right credentials."""

    def crash(self, function: str, times: int, after: CrashPoint) -> None:
        """Let the next `times` invocations of a function die; `function` is its logical id in the template."""

    def before(self, function: str, action: Callable[[], None]) -> None:
        """Call `action` when the function is invoked the next time, before it runs."""

    def reset(self) -> None:
        """Make the world as it was, and forget every failure that is still planned."""
