"""The account's time: the machine's, moved on by the pauses that are skipped in a test.

Executions that run side by side wait side by side: each has a time of its own, and skipping a pause moves only that.
Who isn't part of an execution has the time of the latest one that has ended. The monotonic clock stays the machine's:
beside this one it stands still while a pause is skipped, as in a process that Lambda has frozen.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

_lock = threading.Lock()
_skipped: dict[str | None, float] = {None: 0.0}
_thread = threading.local()


def now() -> float:
    """Seconds since the epoch, for whom this thread works."""
    with _lock:
        return time.time() + _skipped.get(_execution(), _skipped[None])


def utc_now() -> datetime:
    """The same as an aware datetime."""
    return datetime.fromtimestamp(now(), UTC)


def skip(seconds: float) -> None:
    """So long a pause is over for whom this thread works, though no time has passed."""
    with _lock:
        execution = _execution()
        _skipped[execution] = _skipped.get(execution, _skipped[None]) + seconds


def reset() -> None:
    """The machine's time for everybody again."""
    with _lock:
        _skipped.clear()
        _skipped[None] = 0.0


@contextmanager
def working_for(execution_arn: str) -> Iterator[None]:
    """What this thread does meanwhile is part of an execution."""
    before, _thread.execution = _execution(), execution_arn
    try:
        yield
    finally:
        _thread.execution = before


@contextmanager
def running(execution_arn: str) -> Iterator[None]:
    """An execution, from its beginning to its end, in the thread that carries it."""
    with _lock:
        _skipped[execution_arn] = _skipped[None]
    try:
        with working_for(execution_arn):
            yield
    finally:
        with _lock:
            _skipped[None] = max(_skipped[None], _skipped.pop(execution_arn, 0.0))


def _execution() -> str | None:
    execution: str | None = getattr(_thread, "execution", None)
    return execution
