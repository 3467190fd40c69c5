"""The way of each alert as a timeline: when a state was entered, how long it took, and what it saw or did."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from local.commands.terminal import hanging
from local.scenarios.alertmanager import CapturedBody, FiringAlert
from local.scenarios.runner import Post
from local.stack.history import Visit, Way

_SENT = {"Tell the operators": "SNS message sent", "Publish the outcome": "EventBridge event sent"}


def render(post: Post) -> str:
    """All alerts that were posted together; times are in milliseconds since they were."""
    return "\n\n".join(["\n".join(_answers(post)), *render_ways(post.ways, post.at)])


def render_ways(ways: Sequence[Way], since: datetime) -> list[str]:
    """Each execution as a text; times are in milliseconds since that moment."""
    widest = max((len(state) for way in ways for state in way.path), default=0)
    return ["\n".join(_way(way, since, widest)) for way in ways]


def _answers(post: Post) -> Iterator[str]:
    for body, answer, at in zip(post.bodies, post.answers, post.answered_at, strict=True):
        reasons = [refused["reason"] for refused in answer.body.get("refused", [])]
        told = " ".join([answer.body["error"], *reasons]) if "error" in answer.body else ""
        start = f"{_milliseconds(post.at, at)} ms  {_about(body)}: the webhook answered {answer.status}"
        yield hanging("", f"{start}: {told}" if told else start)


def _about(body: FiringAlert | CapturedBody) -> str:
    return body.file if isinstance(body, CapturedBody) else f"{body.reporter} says that {body.site} is gone"


def _way(way: Way, since: datetime, widest: int) -> Iterator[str]:
    yield f"{way.alert['reporter']} says that {way.alert['site']} is gone: {way.name}"
    yield f"  {'at':>6}     {'took':>6}"
    for visit in (visit for visit in way.visits if visit.type != "Choice"):
        took = _milliseconds(visit.entered, visit.left) if visit.left else ""
        start = f"  {_milliseconds(since, visit.entered)} ms  {took:>6}{' ms' if took else '   '}  "
        for failure in visit.failures:
            when = f"  {_milliseconds(since, failure.at)} ms  {'':>9}  "
            yield hanging(f"{when}{visit.state:{widest}}  ", f"attempt failed: {failure.error}: {failure.message}")
        yield hanging(f"{start}{visit.state:{widest}}  ", _said(visit, way))


def _said(visit: Visit, way: Way) -> str:
    if visit.type in ("Succeed", "Fail"):
        told_already = any(earlier.said == way.sentence for earlier in way.visits if earlier is not visit)
        return way.status if told_already else f"{way.status}: {way.sentence}"
    if visit.type == "Task" and visit.result is not None:
        return visit.said or _SENT.get(visit.state, "")
    return visit.said


def _milliseconds(since: datetime, until: datetime) -> str:
    return f"{(until - since).total_seconds() * 1000:6.0f}"
