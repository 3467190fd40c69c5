"""The way of each alert as a timeline, line by line while it goes: when, in which execution, what, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from local import layout
from local.commands import terminal
from local.scenarios.alertmanager import CapturedBody, FiringAlert
from local.stack.environment import WebhookResponse
from local.stack.execution_trace import ExecutionTrace, StateVisit

FAILED_ATTEMPT, GOOD_END, BAD_END = "yellow", "bold green", "bold red"
_SENT = {"Tell the operators": "SNS message sent", "Publish the outcome": "EventBridge event sent"}
_ENDS = ("Succeed", "Fail")


@dataclass(frozen=True)
class Line:
    """Something that happened: when, in which execution (empty: in none), what, and what was said about it."""

    at: datetime
    execution: str
    what: str
    said: str = ""
    style: str = ""


class TraceReader:
    """Reads the way of one execution again and again; `name` is what its lines call it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._is_new = True
        self._left = 0
        self._told_failures = 0

    def new_lines(self, trace: ExecutionTrace) -> list[Line]:
        """What has happened since the last time. A state has a line when it is left.

        Of several failed attempts in the same state, the first has a line at once, and the last one when it is left.
        """
        return list(self._new_lines(trace))

    def _new_lines(self, trace: ExecutionTrace) -> Iterator[Line]:
        if self._is_new:
            self._is_new = False
            yield Line(trace.started, self.name, f"started: {trace.name}")
        for visit in trace.visits[self._left :]:
            if visit.failures and not self._told_failures:
                self._told_failures = 1
                yield self._failure(visit, "attempt failed")
            # The last state may have been left when the execution itself hasn't ended yet.
            if trace.status == "RUNNING" and (visit.left is None or visit.type in _ENDS):
                return
            yield from self._left_state(visit, trace)
            self._left += 1
            self._told_failures = 0
        if trace.status != "RUNNING" and not (trace.visits and trace.visits[-1].type in _ENDS):
            at = trace.visits[-1].left or trace.visits[-1].entered if trace.visits else trace.started
            yield Line(at, self.name, trace.status, f"{trace.code}: {trace.sentence}", BAD_END)

    def _failure(self, visit: StateVisit, what: str) -> Line:
        last = visit.failures[-1]
        return Line(last.at, self.name, f"{visit.state}: {what}", f"{last.error}: {last.message}", FAILED_ATTEMPT)

    def _left_state(self, visit: StateVisit, trace: ExecutionTrace) -> Iterator[Line]:
        if len(visit.failures) > 1:
            yield self._failure(visit, f"attempt failed {len(visit.failures)} times, the last one")
        said = _said(visit, trace)
        if visit.type in _ENDS:
            style = GOOD_END if trace.status == "SUCCEEDED" else BAD_END
            yield Line(visit.entered, self.name, f"{visit.state}, {trace.status}", said, style)
        elif visit.left is not None and (visit.type == "Task" or (said and visit.type != "Choice")):
            took = (visit.left - visit.entered).total_seconds()
            yield Line(visit.left, self.name, f"{visit.state}, {took:.2f} s", said)


def now(name: str, trace: ExecutionTrace, at: datetime) -> str:
    """What a running execution does at that moment; empty when it does nothing."""
    if trace.status != "RUNNING" or not trace.visits:
        return ""
    visit = trace.visits[-1]
    attempt = f", attempt {len(visit.failures) + 1}" if visit.failures else ""
    return f"{name}  {visit.state}{attempt}, for {max((at - visit.entered).total_seconds(), 0):.0f} s"


def answered(body: FiringAlert | CapturedBody, answer: WebhookResponse, at: datetime) -> Line:
    """The webhook's answer to a POST, with the reasons why alerts were refused."""
    reasons = [refused["reason"] for refused in answer.body.get("refused", [])]
    about = body.file if isinstance(body, CapturedBody) else f"{body.reporter} says that {body.site} is gone"
    said = " ".join([answer.body["error"], *reasons]) if "error" in answer.body else ""
    return Line(at, "", f"{about}: the webhook answered {answer.status}", said)


def text(line: Line, since: datetime) -> str:
    """The line as text of the terminal's width; its time is in seconds since that moment."""
    start = f"{(line.at - since).total_seconds():7.2f} s  " + (f"{line.execution}  " if line.execution else "")
    if not line.said:
        return layout.hanging(start, line.what, terminal.width())
    return layout.beneath(start + line.what, line.said, terminal.width(), indent=len(start))


def _said(visit: StateVisit, trace: ExecutionTrace) -> str:
    if visit.type in _ENDS:
        told_already = any(earlier.said == trace.sentence for earlier in trace.visits if earlier is not visit)
        return "" if told_already else trace.sentence or ""
    if visit.type == "Task" and visit.result is not None:
        return visit.said or _SENT.get(visit.state, "")
    return visit.said
