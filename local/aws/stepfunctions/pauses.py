"""Lets tests skip the pauses of a state machine (Wait states and the delays of Retry) and look at them afterwards.

The account's clock moves on by them: see `local.aws.clock`.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Literal

from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.program.program import Program
from moto.stepfunctions.parser.asl.component.state.exec.execute_state import ExecutionState
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service import StateTaskService
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction
from moto.stepfunctions.parser.asl.eval.environment import Environment

from local.aws import clock
from local.aws.patching import replace_method


@dataclass(frozen=True)
class Pause:
    """A pause that was skipped: of which state, why, and for how many seconds."""

    state: str
    reason: Literal["Retry", "Wait"]
    seconds: float


_skipped: list[Pause] | None = None
_running = threading.local()


def install() -> None:
    """Idempotent: see `local.aws.repairs`. Pauses last as long as they should until `skipped_pauses` is entered."""
    replace_method(WaitFunction, "_wait_interval", _wait)
    replace_method(ExecutionState, "_handle_retry", _remember_retrying_state)
    vars(retrier_decl)["time"] = SimpleNamespace(sleep=_sleep_before_retry)
    replace_method(Program, "_eval_body", _run)
    replace_method(StateTaskService, "_eval_execution", _work)


@contextmanager
def skipped_pauses() -> Iterator[list[Pause]]:
    """While entered, no state machine of this process pauses. Yields the list that the skipped pauses are added to."""
    global _skipped  # noqa: PLW0603  (moto's interpreter has no object of ours to hang this on)
    before, _skipped = _skipped, []
    try:
        yield _skipped
    finally:
        _skipped = before
        clock.reset()


def _wait(original: Any, self: WaitFunction, env: Environment, wait_seconds: float) -> None:
    if _skipped is None:
        original(self, env=env, wait_seconds=wait_seconds)
    else:
        state = env.states.context_object.context_object_data["State"]
        _skip(Pause(state["Name"] if state else "", "Wait", wait_seconds))


def _remember_retrying_state(original: Any, self: ExecutionState, env: Environment, failure_event: Any) -> Any:
    _running.state = self.name
    return original(self, env=env, failure_event=failure_event)


def _sleep_before_retry(seconds: float) -> None:
    if _skipped is None:
        time.sleep(seconds)
    else:
        _skip(Pause(_running.state, "Retry", seconds))


def _skip(pause: Pause) -> None:
    """Pauses that are skipped count for the execution's TimeoutSeconds, too."""
    assert _skipped is not None
    _skipped.append(pause)
    clock.skip(pause.seconds)
    if clock.now() > _running.deadline:
        _running.env.set_timed_out()


def _run(original: Any, self: Program, env: Environment) -> None:
    """In a thread of its own."""
    if env.is_frame():
        original(self, env)
        return
    with clock.running(_execution_arn(env)):
        _running.env = env
        _running.deadline = clock.now() + (self.timeout_seconds.timeout_seconds if self.timeout_seconds else math.inf)
        original(self, env)


def _work(original: Any, self: StateTaskService, env: Environment) -> None:
    """In a thread of its own, too."""
    with clock.working_for(_execution_arn(env)):
        original(self, env)


def _execution_arn(env: Environment) -> str:
    return str(env.states.context_object.context_object_data["Execution"]["Id"])
