"""The trace of each alert as a timeline: when a state was entered, how long it took, and what it saw or did."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from local.commands.terminal import hanging
from local.scenarios.alertmanager import CapturedBody, FiringAlert
from local.scenarios.runner import Post
from local.stack.execution_trace import ExecutionTrace, StateVisit

_SENT = {"Tell the operators": "SNS message sent", "Publish the outcome": "EventBridge event sent"}


def render(post: Post) -> str:
    """All alerts that were posted together; times are in milliseconds since they were."""
    return "\n\n".join(["\n".join(_answers(post)), *render_traces(post.traces, post.at)])


def render_traces(traces: Sequence[ExecutionTrace], since: datetime) -> list[str]:
    """Each execution as a text; times are in milliseconds since that moment."""
    widest = max((len(state) for trace in traces for state in trace.path), default=0)
    return ["\n".join(_trace(trace, since, widest)) for trace in traces]


def _answers(post: Post) -> Iterator[str]:
    for body, answer, at in zip(post.bodies, post.answers, post.answered_at, strict=True):
        reasons = [refused["reason"] for refused in answer.body.get("refused", [])]
        told = " ".join([answer.body["error"], *reasons]) if "error" in answer.body else ""
        start = f"{_milliseconds(post.at, at)} ms  {_about(body)}: the webhook answered {answer.status}"
        yield hanging("", f"{start}: {told}" if told else start)


def _about(body: FiringAlert | CapturedBody) -> str:
    return body.file if isinstance(body, CapturedBody) else f"{body.reporter} says that {body.site} is gone"


def _trace(trace: ExecutionTrace, since: datetime, widest: int) -> Iterator[str]:
    yield f"{trace.alert['reporter']} says that {trace.alert['site']} is gone: {trace.name}"
    yield f"  {'at':>6}     {'took':>6}"
    for visit in (visit for visit in trace.visits if visit.type != "Choice"):
        took = _milliseconds(visit.entered, visit.left) if visit.left else ""
        start = f"  {_milliseconds(since, visit.entered)} ms  {took:>6}{' ms' if took else '   '}  "
        for failure in visit.failures:
            when = f"  {_milliseconds(since, failure.at)} ms  {'':>9}  "
            yield hanging(f"{when}{visit.state:{widest}}  ", f"attempt failed: {failure.error}: {failure.message}")
        yield hanging(f"{start}{visit.state:{widest}}  ", _said(visit, trace))


def _said(visit: StateVisit, trace: ExecutionTrace) -> str:
    if visit.type in ("Succeed", "Fail"):
        told_already = any(earlier.said == trace.sentence for earlier in trace.visits if earlier is not visit)
        return trace.status if told_already else f"{trace.status}: {trace.sentence}"
    if visit.type == "Task" and visit.result is not None:
        return visit.said or _SENT.get(visit.state, "")
    return visit.said


def _milliseconds(since: datetime, until: datetime) -> str:
    return f"{(until - since).total_seconds() * 1000:6.0f}"
