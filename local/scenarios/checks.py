"""Compares what a scenario expects with what is there. Every difference becomes a line that can be read by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.scenarios.model import Ending, Expectation, ExpectedExecution
from local.scenarios.placeholders import fill, same_text
from local.stack.environment import WebhookResponse
from local.stack.execution_trace import ExecutionTrace


@dataclass(frozen=True)
class Observation:
    """What is compared. `shown` is what World.show returns; `values` are those of the placeholders."""

    answers: Sequence[WebhookResponse]
    traces: Sequence[ExecutionTrace]
    shown: Mapping[str, Any]
    accepts_writes: Mapping[str, bool]
    announced: Mapping[str, int]
    values: Mapping[str, Any]


def differences(expected: Expectation, found: Observation) -> list[str]:
    """What is not as expected; empty when everything is."""
    try:
        return list(_differences(expected, found))
    except LookupError as error:
        return [f"The placeholder {error} stands for nothing: the record is {found.shown['record']}."]


def _differences(expected: Expectation, found: Observation) -> Iterator[str]:
    if expected.answers is not None:
        yield from _answers(fill(expected.answers, found.values), found.answers)
    if expected.executions is not None:
        yield from _executions(expected.executions, found)
    shown = found.shown
    infinispan = {site: next(iter(status.values())) for site, status in shown["infinispan"].items()}
    comparisons = (
        ("endpoints", expected.endpoints, shown["endpoints"]),
        ("infinispan", expected.infinispan, infinispan),
        ("record", expected.record, shown["record"] or {}),
        ("told", expected.told, shown["told"]),
        ("accepts_writes", expected.accepts_writes, found.accepts_writes),
        ("announced", expected.announced, found.announced),
    )
    for name, wanted, present in comparisons:
        if wanted is not None:
            yield from _compare(name, fill(wanted, found.values), present)


def _compare(name: str, wanted: Any, present: Any) -> Iterator[str]:
    if name == "record" and wanted:
        present = {key: present.get(key) for key in wanted}
    elif isinstance(wanted, Mapping) and name != "announced":
        present = {key: present[key] for key in wanted} if name != "record" else present
    elif name == "endpoints":
        wanted = sorted(wanted)
    if wanted != present:
        yield f"{name} should be {wanted}, but is {present}."


def _answers(wanted: Sequence[Mapping[str, Any]], present: Sequence[WebhookResponse]) -> Iterator[str]:
    if len(wanted) != len(present):
        yield f"There should be {len(wanted)} answers, but there are {len(present)}."
    for number, (want, answer) in enumerate(zip(wanted, present, strict=False), start=1):
        told = {"status": answer.status, **answer.body}
        if any(told.get(key) != value for key, value in want.items()):
            yield f"Answer {number} should have {dict(want)}, but is {told}."


def _executions(wanted: Sequence[ExpectedExecution], found: Observation) -> Iterator[str]:
    left = list(found.traces)
    for want in wanted:
        about = fill({"reporter": want.reporter, "site": want.site}, found.values)
        if want.accelerator:
            about["accelerator"] = want.accelerator
        matching = [trace for trace in left if all(trace.alert[key] == value for key, value in about.items())]
        if len(matching) != 1:
            yield f"There should be one execution for {about}, but there are {len(matching)}."
            continue
        left.remove(matching[0])
        yield from _ending(want.one_of, matching[0], found.values)
    for trace in left:
        yield f"The execution {trace.name} isn't expected."


def _ending(one_of: Sequence[Ending], trace: ExecutionTrace, values: Mapping[str, Any]) -> Iterator[str]:
    reasons = [list(_mismatches(ending, trace, values)) for ending in one_of]
    if all(reasons):
        yield f"{trace.name} should have ended otherwise: " + " Or: ".join(" ".join(reason) for reason in reasons)


def _mismatches(ending: Ending, trace: ExecutionTrace, values: Mapping[str, Any]) -> Iterator[str]:
    if trace.code != ending.outcome:
        yield f"the outcome should be {ending.outcome}, but is {trace.code};"
    sentence = str(fill(ending.sentence, values))
    if not same_text(sentence, trace.sentence or ""):
        yield f"the sentence should be {sentence!r}, but is {trace.sentence!r};"
    if ending.path is not None and ending.path != trace.path:
        yield f"the path should be {list(ending.path)}, but is {list(trace.path)};"
    if ending.path is not None and dict(ending.failures) != dict(trace.failures):
        yield f"failed attempts should be {dict(ending.failures)}, but are {dict(trace.failures)};"
