"""The timeline of an execution: what has a line, when it is told, and how it looks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from local.commands import timeline
from local.commands.timeline import Line, TraceReader
from local.scenarios.alertmanager import CapturedBody, FiringAlert
from local.stack.environment import WebhookResponse
from local.stack.execution_trace import ExecutionTrace, FailedAttempt, StateVisit

START = datetime(2026, 1, 1, tzinfo=UTC)


def after(milliseconds: int) -> datetime:
    return START + timedelta(milliseconds=milliseconds)


def failure(milliseconds: int) -> FailedAttempt:
    return FailedAttempt(after(milliseconds), "Runtime.ExitError", "killed.")


CHECK = StateVisit("Check the reporter", "Task", after(20), after(140), {"Payload": {"reason": "site-a is HEALTHY."}})
CHOICE = StateVisit("May it?", "Choice", after(140), after(140), {"reason": "site-a is HEALTHY."})
CLAIMED = {"Payload": {"outcome": {"sentence": "Refused: no."}}}
CLAIM = StateVisit("Claim the fence", "Task", after(140), after(2300), CLAIMED, [failure(300)])
REFUSE = StateVisit("Refuse", "Pass", after(2300), after(2300), {})
TELL = StateVisit("Tell the operators", "Task", after(2300), after(2310), {"MessageId": "1"})
END = StateVisit("Refused", "Fail", after(2310))
WAY = ExecutionTrace(
    name="site-a-site-b-1",
    alert={"reporter": "site-a", "site": "site-b"},
    status="FAILED",
    started=START,
    code="Refused",
    sentence="Refused: no.",
    visits=(CHECK, CHOICE, CLAIM, REFUSE, TELL, END),
)


def running(*visits: StateVisit) -> ExecutionTrace:
    return replace(WAY, status="RUNNING", code=None, sentence=None, visits=visits)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Callable[[list[Line]], list[str]]:
    """The lines as they are shown on a terminal of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    return lambda lines: "\n".join(timeline.text(line, START) for line in lines).splitlines()


def test_a_way_has_a_line_for_each_state_that_did_something(shown: Callable[[list[Line]], list[str]]) -> None:
    assert shown(TraceReader("site-a").new_lines(WAY)) == [
        "   0.00 s  site-a  started: site-a-site-b-1",
        "   0.14 s  site-a  Check the reporter, 0.12 s: site-a is HEALTHY.",
        "   0.30 s  site-a  Claim the fence: attempt failed: Runtime.ExitError: killed.",
        "   2.30 s  site-a  Claim the fence, 2.16 s: Refused: no.",
        "   2.31 s  site-a  Tell the operators, 0.01 s: SNS message sent",
        "   2.31 s  site-a  Refused, FAILED",
    ]


def test_each_thing_is_told_when_it_has_happened_and_once() -> None:
    reader = TraceReader("site-a")
    checking = replace(CHECK, left=None, result=None)
    failing = replace(CLAIM, left=None, result=None)
    steps = [running(), running(checking), running(CHECK, CHOICE, failing), running(CHECK, CHOICE, failing), WAY, WAY]
    told = [[line.what for line in reader.new_lines(way)] for way in steps]
    assert told == [
        ["started: site-a-site-b-1"],
        [],
        ["Check the reporter, 0.12 s", "Claim the fence: attempt failed"],
        [],
        ["Claim the fence, 2.16 s", "Tell the operators, 0.01 s", "Refused, FAILED"],
        [],
    ]


def test_repeated_failures_are_the_first_and_then_the_last_with_their_number() -> None:
    reader = TraceReader("site-a")
    failures = [failure(milliseconds) for milliseconds in (300, 600, 900)]
    lines = []
    for count in (1, 2, 3):
        claim = replace(CLAIM, left=None, result=None, failures=failures[:count])
        lines += reader.new_lines(running(claim))
    lines += reader.new_lines(running(replace(CLAIM, failures=failures)))
    assert [(line.what, line.at) for line in lines[1:]] == [
        ("Claim the fence: attempt failed", after(300)),
        ("Claim the fence: attempt failed 3 times, the last one", after(900)),
        ("Claim the fence, 2.16 s", after(2300)),
    ]


def test_the_failures_of_a_state_that_is_entered_again_are_counted_anew() -> None:
    lines = TraceReader("site-a").new_lines(running(CLAIM, CLAIM))
    assert [line.what for line in lines if "failed" in line.what] == ["Claim the fence: attempt failed"] * 2


def test_the_end_says_what_no_state_has_said() -> None:
    end = TraceReader("site-a").new_lines(replace(WAY, visits=(CHECK, END)))[-1]
    assert (end.what, end.said) == ("Refused, FAILED", "Refused: no.")


def test_an_end_is_told_when_the_execution_has_ended() -> None:
    """Its last state is entered, and even left, a moment before."""
    reader = TraceReader("site-a")
    succeeded = StateVisit("Fenced", "Succeed", after(2310), after(2311))
    assert [line.what for line in reader.new_lines(running(CHECK, succeeded))][1:] == ["Check the reporter, 0.12 s"]
    ended = replace(WAY, status="SUCCEEDED", visits=(CHECK, succeeded))
    assert [line.what for line in reader.new_lines(ended)] == ["Fenced, SUCCEEDED"]


def test_an_end_outside_of_all_states_is_told() -> None:
    broken = replace(WAY, code="States.Runtime", sentence="No such field.", visits=(CHECK, replace(TELL, left=None)))
    end = TraceReader("site-a").new_lines(broken)[-1]
    assert (end.what, end.said) == ("FAILED", "States.Runtime: No such field.")


def test_a_task_that_failed_for_good_says_nothing() -> None:
    line = TraceReader("site-a").new_lines(running(replace(TELL, result=None)))[-1]
    assert (line.what, line.said) == ("Tell the operators, 0.01 s", "")


@pytest.mark.parametrize(
    ("way", "told"),
    [
        (running(replace(CHECK, left=None)), "site-a  Check the reporter, for 3 s"),
        (running(replace(CLAIM, left=None)), "site-a  Claim the fence, attempt 2, for 3 s"),
        (running(), ""),
        (WAY, ""),
    ],
)
def test_what_an_execution_does_now(way: ExecutionTrace, told: str) -> None:
    assert timeline.now("site-a", way, after(3100)) == told


def test_an_answer_says_why_an_alert_was_refused(shown: Callable[[list[Line]], list[str]]) -> None:
    answer = WebhookResponse(422, {"refused": [{"alert": 1, "reason": "No such site."}], "error": "Some are bad."})
    told = timeline.answered(CapturedBody("02.json"), answer, after(5))
    assert shown([told]) == ["   0.01 s  02.json: the webhook answered 422: Some are bad. No such site."]


def test_an_answer_says_which_alert_it_is_for(shown: Callable[[list[Line]], list[str]]) -> None:
    told = timeline.answered(FiringAlert("site-a", "site-b"), WebhookResponse(202, {}), after(12))
    assert shown([told]) == ["   0.01 s  site-a says that site-b is gone: the webhook answered 202"]


def test_a_long_sentence_goes_beneath(shown: Callable[[list[Line]], list[str]]) -> None:
    told = Line(after(2300), "site-a", "Fenced, SUCCEEDED", "site-a alone serves, " * 4)
    assert shown([told]) == [
        "   2.30 s  site-a  Fenced, SUCCEEDED:",
        "                   site-a alone serves, site-a alone serves, site-a alone",
        "                   serves, site-a alone serves,",
    ]
