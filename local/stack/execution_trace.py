"""The trace of an execution, read from its history: which states it entered, when, and what each of them said."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient
    from mypy_boto3_stepfunctions.type_defs import HistoryEventTypeDef


@dataclass(frozen=True)
class FailedAttempt:
    """A failed attempt of a task: the error's name and message."""

    at: datetime
    error: str
    message: str


@dataclass
class StateVisit:
    """A state that was entered. `type` is that of the definition; `result` is the state's output when it was left."""

    state: str
    type: str
    entered: datetime
    left: datetime | None = None
    result: Any = None
    failures: list[FailedAttempt] = field(default_factory=list)

    @property
    def said(self) -> str:
        """Why the state did what it did, in its own words; empty when it has none."""
        payload = self.result.get("Payload") if isinstance(self.result, Mapping) else None
        found = payload if isinstance(payload, Mapping) else self.result
        if not isinstance(found, Mapping):
            return ""
        outcome = found.get("outcome")
        sentence = outcome.get("sentence") if isinstance(outcome, Mapping) else found.get("sentence")
        return str(found.get("reason") or sentence or "")


@dataclass(frozen=True)
class ExecutionTrace:
    """An execution that has ended, or not yet. `alert` is its input's; `code` and `sentence` are its outcome."""

    name: str
    alert: Mapping[str, Any]
    status: str
    started: datetime
    code: str | None
    sentence: str | None
    visits: tuple[StateVisit, ...]

    @property
    def path(self) -> tuple[str, ...]:
        """The states that were entered, without Choice states: where it went next tells what they chose."""
        return tuple(visit.state for visit in self.visits if visit.type != "Choice")

    @property
    def failures(self) -> Mapping[str, int]:
        """The number of failed attempts of each state that had any."""
        counted: dict[str, int] = {}
        for visit in self.visits:
            if visit.failures:
                counted[visit.state] = counted.get(visit.state, 0) + len(visit.failures)
        return counted


def read_trace(client: SFNClient, execution_arn: str) -> ExecutionTrace:
    """Read an execution and its whole history."""
    execution = client.describe_execution(executionArn=execution_arn)
    code, sentence = execution.get("error"), execution.get("cause")
    if execution["status"] == "SUCCEEDED":
        output = json.loads(execution["output"])
        code, sentence = output["code"], output["sentence"]
    return ExecutionTrace(
        name=execution["name"],
        alert=json.loads(execution["input"])["alert"],
        status=execution["status"],
        started=execution["startDate"],
        code=code,
        sentence=sentence,
        visits=tuple(_visits(_events(client, execution_arn))),
    )


def read_traces(client: SFNClient, state_machine_arn: str) -> list[ExecutionTrace]:
    """Read every execution of a state machine, oldest first."""
    pages = client.get_paginator("list_executions").paginate(stateMachineArn=state_machine_arn)
    traces = [read_trace(client, execution["executionArn"]) for page in pages for execution in page["executions"]]
    return sorted(traces, key=lambda trace: trace.started)


def _events(client: SFNClient, execution_arn: str) -> Iterator[HistoryEventTypeDef]:
    for page in client.get_paginator("get_execution_history").paginate(executionArn=execution_arn):
        yield from page["events"]


def _visits(events: Iterator[HistoryEventTypeDef]) -> list[StateVisit]:
    visits: list[StateVisit] = []
    for event in events:
        kind, at = event["type"], event["timestamp"]
        if kind.endswith("StateEntered"):
            visits.append(StateVisit(event["stateEnteredEventDetails"]["name"], kind.removesuffix("StateEntered"), at))
        elif kind.endswith("StateExited"):
            visits[-1].left = at
            visits[-1].result = json.loads(event["stateExitedEventDetails"].get("output", "null"))
        elif kind in ("TaskFailed", "TaskTimedOut"):
            failed = event.get("taskFailedEventDetails") or event.get("taskTimedOutEventDetails")
            error, cause = (failed.get("error", ""), failed.get("cause", "")) if failed else (kind, "")
            visits[-1].failures.append(FailedAttempt(at, error, _message(cause)))
    return visits


def _message(cause: str) -> str:
    """A Lambda function's error is a JSON object; what a service says is plain text."""
    try:
        parsed = json.loads(cause)
    except ValueError:
        return cause
    return str(parsed.get("errorMessage", cause)) if isinstance(parsed, Mapping) else cause
