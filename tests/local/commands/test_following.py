"""Executions are followed: in the order of time, each by a name of its own, from their start to their end."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from local.commands import following
from local.commands.following import Follower
from local.commands.timeline import Line

START = datetime(2026, 1, 1, tzinfo=UTC)


class Executions:
    """Stands for a client of Step Functions: executions with a history, which a test moves on."""

    def __init__(self) -> None:
        self.found: dict[str, dict[str, Any]] = {}
        self.failure: Exception | None = None

    def start(self, name: str, reporter: str, at: int) -> None:
        described = {"input": json.dumps({"alert": {"reporter": reporter, "site": "other"}}), "status": "RUNNING"}
        self.found[name] = {**described, "name": name, "startDate": START + timedelta(seconds=at), "events": []}
        self._add(name, "TaskStateEntered", at, stateEnteredEventDetails={"name": "Check"})

    def leave(self, name: str, at: int) -> None:
        self._add(name, "TaskStateExited", at, stateExitedEventDetails={"output": "{}"})

    def end(self, name: str, at: int) -> None:
        self._add(name, "SucceedStateEntered", at, stateEnteredEventDetails={"name": "Fenced"})
        self.found[name] |= {"status": "SUCCEEDED", "output": json.dumps({"code": "Fenced", "sentence": "Done."})}

    def _add(self, name: str, kind: str, at: int, **details: Any) -> None:
        self.found[name]["events"].append({"type": kind, "timestamp": START + timedelta(seconds=at), **details})

    # What a client offers.

    def describe_execution(self, executionArn: str) -> Any:  # noqa: N803
        return self.found[executionArn]

    def get_paginator(self, operation: str) -> Any:
        return self

    def paginate(self, **about: str) -> Iterator[Any]:
        if self.failure is not None:
            raise self.failure
        if "executionArn" in about:
            yield {"events": self.found[about["executionArn"]]["events"]}
        else:
            listed = [{"executionArn": name, "startDate": each["startDate"]} for name, each in self.found.items()]
            yield {"executions": listed[::-1]}


@pytest.fixture
def executions() -> Executions:
    return Executions()


@pytest.fixture
def lines() -> list[Line]:
    return []


@pytest.fixture(autouse=True)
def _looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "LOOK_EVERY_SECONDS", 0.01)


def follower(executions: Executions, lines: list[Line]) -> Follower:
    return Follower(cast(Any, executions), "machine", lines.append)


def told(lines: list[Line]) -> list[str]:
    return [f"{(line.at - START).seconds} {line.execution} {line.what}" for line in lines]


def test_two_executions_are_told_in_the_order_of_time(executions: Executions, lines: list[Line]) -> None:
    followed = follower(executions, lines)
    executions.start("e-1", "site-a", 1)
    executions.start("e-2", "site-b", 2)
    executions.leave("e-2", 4)
    executions.leave("e-1", 5)
    followed.look()
    assert told(lines) == [
        "1 site-a started: e-1",
        "2 site-b started: e-2",
        "4 site-b Check, 2.00 s",
        "5 site-a Check, 4.00 s",
    ]


def test_what_else_happens_is_told_in_its_place(executions: Executions, lines: list[Line]) -> None:
    followed = follower(executions, lines)
    executions.start("e-1", "site-a", 1)
    executions.leave("e-1", 5)
    followed.tell(Line(START + timedelta(seconds=3), "", "An alert is posted."))
    assert told(lines) == ["1 site-a started: e-1", "3  An alert is posted.", "5 site-a Check, 4.00 s"]


def test_what_ran_before_is_left_out(executions: Executions, lines: list[Line]) -> None:
    executions.start("e-1", "site-a", 1)
    followed = follower(executions, lines)
    executions.start("e-2", "site-b", 2)
    followed.look()
    assert told(lines) == ["2 site-b started: e-2"]


def test_two_reports_of_one_site_at_a_time_have_two_names(executions: Executions, lines: list[Line]) -> None:
    followed = follower(executions, lines)
    executions.start("e-1", "site-a", 1)
    executions.start("e-2", "site-a", 2)
    followed.look()
    assert [line.strip().split("  ")[0] for line in followed.now()] == ["site-a", "site-a (2)"]
    executions.leave("e-1", 3)
    executions.end("e-1", 4)
    executions.end("e-2", 4)
    followed.look()
    executions.start("e-3", "site-a", 5)
    followed.look()
    assert told(lines)[-1] == "5 site-a started: e-3"
    assert "4 site-a (2) Fenced, SUCCEEDED" in told(lines)


def test_an_execution_that_has_ended_is_not_told_again(executions: Executions, lines: list[Line]) -> None:
    followed = follower(executions, lines)
    executions.start("e-1", "site-a", 1)
    executions.leave("e-1", 2)
    executions.end("e-1", 3)
    followed.look()
    followed.look()
    assert told(lines)[-1] == "3 site-a Fenced, SUCCEEDED"
    assert len(lines) == 3
    assert followed.now() == []


def test_it_looks_by_itself_and_once_more_at_the_end(executions: Executions, lines: list[Line]) -> None:
    with follower(executions, lines):
        executions.start("e-1", "site-a", 1)
        deadline = time.monotonic() + 10
        while not lines and time.monotonic() < deadline:
            time.sleep(0.01)
        assert told(lines) == ["1 site-a started: e-1"]
        executions.leave("e-1", 2)
    assert told(lines)[-1] == "2 site-a Check, 1.00 s"


def test_what_it_meets_by_itself_is_raised_where_it_is_left(executions: Executions, lines: list[Line]) -> None:
    def leave_later(followed: Follower) -> None:
        with followed:
            executions.failure = ConnectionError("gone")
            time.sleep(0.1)
            executions.failure = None

    with pytest.raises(ConnectionError, match="gone"):
        leave_later(follower(executions, lines))


def test_an_error_is_not_hidden_by_what_it_meets(executions: Executions, lines: list[Line]) -> None:
    def fail(followed: Follower) -> None:
        with followed:
            executions.failure = ConnectionError("gone")
            raise KeyError

    with pytest.raises(KeyError):
        fail(follower(executions, lines))
