"""Lets tests skip the pauses of a state machine (Wait states and the delays of Retry) and look at them afterwards."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Literal

from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state.exec.execute_state import ExecutionState
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction
from moto.stepfunctions.parser.asl.eval.environment import Environment

from local.aws.patching import replace_method


@dataclass(frozen=True)
class Pause:
    """A pause that was skipped: of which state, why, and for how many seconds."""

    state: str
    reason: Literal["Retry", "Wait"]
    seconds: float


_skipped: list[Pause] | None = None
_retrying = threading.local()


def install() -> None:
    """Idempotent: see `local.aws.repairs`. Pauses last as long as they should until `skipped_pauses` is entered."""
    replace_method(WaitFunction, "_wait_interval", _wait)
    replace_method(ExecutionState, "_handle_retry", _remember_retrying_state)
    vars(retrier_decl)["time"] = SimpleNamespace(sleep=_sleep_before_retry)


@contextmanager
def skipped_pauses() -> Iterator[list[Pause]]:
    """While entered, no state machine of this process pauses. Yields the list that the skipped pauses are added to."""
    global _skipped  # noqa: PLW0603  (moto's interpreter has no object of ours to hang this on)
    before, _skipped = _skipped, []
    try:
        yield _skipped
    finally:
        _skipped = before


def _wait(original: Any, self: WaitFunction, env: Environment, wait_seconds: float) -> None:
    if _skipped is None:
        original(self, env=env, wait_seconds=wait_seconds)
    else:
        state = env.states.context_object.context_object_data["State"]
        _skipped.append(Pause(state["Name"] if state else "", "Wait", wait_seconds))


def _remember_retrying_state(original: Any, self: ExecutionState, env: Environment, failure_event: Any) -> Any:
    _retrying.state = self.name
    return original(self, env=env, failure_event=failure_event)


def _sleep_before_retry(seconds: float) -> None:
    if _skipped is None:
        time.sleep(seconds)
    else:
        _skipped.append(Pause(_retrying.state, "Retry", seconds))
