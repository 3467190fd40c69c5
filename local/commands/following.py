"""Follows the executions of a state machine while they run."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Self

from local.commands import timeline
from local.commands.timeline import Line, TraceReader
from local.stack.execution_trace import ExecutionTrace, read_trace

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

LOOK_EVERY_SECONDS = 0.2


@dataclass
class _Followed:
    reader: TraceReader
    trace: ExecutionTrace


class Follower:
    """Tells what happens in every execution that starts after this was made. While entered, it looks by itself.

    Args:
        client: of the account that the state machine is in.
        state_machine_arn: the state machine.
        tell: gets each line once, in the order of time as far as it is known; mostly in another thread.

    Raises, when left: what `tell` or the client raised meanwhile.
    """

    def __init__(self, client: SFNClient, state_machine_arn: str, tell: Callable[[Line], None]) -> None:
        self._client = client
        self._state_machine_arn = state_machine_arn
        self._tell = tell
        self._lock = threading.Lock()
        self._running: dict[str, _Followed] = {}
        self._others: list[Line] = []
        self._ended = {arn for arn, _ in self._executions()}
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._keep_looking, name="follower")
        self._failure: Exception | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leaving.set()
        self._thread.join()
        if error is None:
            self.look()

    def look(self) -> None:
        """Tell what has happened until now. Also raises what the thread met that looks by itself."""
        if self._failure is not None:
            raise self._failure
        with self._lock:
            lines = [line for arn, followed in self._read() for line in self._news(arn, followed)]
            others, self._others = self._others, []
            for line in sorted([*others, *lines], key=lambda line: line.at):
                self._tell(line)

    def tell(self, line: Line) -> None:
        """Tell something else that has just happened, in its place among what the executions did."""
        with self._lock:
            self._others.append(line)
        self.look()

    def now(self) -> list[str]:
        """What the running executions do at this moment, a line each."""
        at = datetime.now(UTC)
        found = [timeline.now(followed.reader.name, followed.trace, at) for followed in list(self._running.values())]
        return [f"{'':11}{line}" for line in found if line]

    def _keep_looking(self) -> None:
        while not self._leaving.wait(LOOK_EVERY_SECONDS):
            try:
                self.look()
            except Exception as error:  # noqa: BLE001  (raised again where it is seen: in `look`)
                self._failure = error
                return

    def _read(self) -> Iterator[tuple[str, _Followed]]:
        for arn, _ in sorted(self._executions(), key=lambda execution: execution[1]):
            if arn in self._ended:
                continue
            trace = read_trace(self._client, arn)
            if arn not in self._running:
                self._running[arn] = _Followed(TraceReader(self._name(trace)), trace)
            self._running[arn].trace = trace
            yield arn, self._running[arn]

    def _news(self, arn: str, followed: _Followed) -> list[Line]:
        if followed.trace.status != "RUNNING":
            self._ended.add(arn)
            del self._running[arn]
        return followed.reader.new_lines(followed.trace)

    def _executions(self) -> list[tuple[str, datetime]]:
        pages = self._client.get_paginator("list_executions").paginate(stateMachineArn=self._state_machine_arn)
        return [(each["executionArn"], each["startDate"]) for page in pages for each in page["executions"]]

    def _name(self, trace: ExecutionTrace) -> str:
        """The reporter's name, with a number if another execution for a report of it runs."""
        reporter, taken = str(trace.alert["reporter"]), {followed.reader.name for followed in self._running.values()}
        number = 2
        name = reporter
        while name in taken:
            name, number = f"{reporter} ({number})", number + 1
        return name
