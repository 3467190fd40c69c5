"""The timeline of a post: every state with its times, what it said, and every failed attempt."""

from datetime import UTC, datetime, timedelta

import pytest

from local.commands import timeline
from local.scenarios.alertmanager import CapturedBody, FiringAlert
from local.scenarios.runner import Post
from local.stack.environment import WebhookResponse
from local.stack.execution_trace import ExecutionTrace, FailedAttempt, StateVisit

START = datetime(2026, 1, 1, tzinfo=UTC)


def after(milliseconds: int) -> datetime:
    return START + timedelta(milliseconds=milliseconds)


CHECK = StateVisit("Check the reporter", "Task", after(20), after(140), {"Payload": {"reason": "site-a is HEALTHY."}})
CLAIM = StateVisit(
    "Claim the fence",
    "Task",
    after(140),
    after(2300),
    {"Payload": {"outcome": {"sentence": "Refused: no."}}},
    [FailedAttempt(after(300), "Runtime.ExitError", "killed.")],
)
TELL = StateVisit("Tell the operators", "Task", after(2300), after(2310), {"MessageId": "1"})
END = StateVisit("Refused", "Fail", after(2310))
TRACE = ExecutionTrace(
    name="site-a-site-b-1",
    alert={"reporter": "site-a", "site": "site-b"},
    status="FAILED",
    started=START,
    code="Refused",
    sentence="Refused: no.",
    visits=(CHECK, StateVisit("May it?", "Choice", after(140), after(140)), CLAIM, TELL, END),
)


def rendered(trace: ExecutionTrace) -> list[str]:
    post = Post(START, (FiringAlert("site-a", "site-b"),), (WebhookResponse(202, {}),), (after(12),), (trace,))
    return timeline.render(post).splitlines()


@pytest.fixture(autouse=True)
def _wide_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")


def test_a_timeline_has_a_line_for_each_state_and_attempt() -> None:
    assert rendered(TRACE) == [
        "    12 ms  site-a says that site-b is gone: the webhook answered 202",
        "",
        "site-a says that site-b is gone: site-a-site-b-1",
        "      at       took",
        "      20 ms     120 ms  Check the reporter  site-a is HEALTHY.",
        "     300 ms             Claim the fence     attempt failed: Runtime.ExitError: killed.",
        "     140 ms    2160 ms  Claim the fence     Refused: no.",
        "    2300 ms      10 ms  Tell the operators  SNS message sent",
        "    2310 ms             Refused             FAILED",
    ]


def test_the_end_says_what_no_state_has_said() -> None:
    trace = ExecutionTrace(**{**vars(TRACE), "visits": (CHECK, END)})
    assert rendered(trace)[-1].endswith("FAILED: Refused: no.")


def test_a_task_that_failed_for_good_says_nothing() -> None:
    trace = ExecutionTrace(
        **{**vars(TRACE), "visits": (StateVisit("Tell the operators", "Task", after(0), after(9)), END)}
    )
    assert rendered(trace)[-2].endswith("Tell the operators")


def test_an_answer_says_why_an_alert_was_refused() -> None:
    answer = WebhookResponse(422, {"refused": [{"alert": 1, "reason": "No such site."}], "error": "Some are bad."})
    post = Post(START, (CapturedBody("02.json"),), (answer,), (after(5),), ())
    assert timeline.render(post) == "     5 ms  02.json: the webhook answered 422: Some are bad. No such site."
