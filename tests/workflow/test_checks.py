"""A scenario fails when anything isn't as it expects."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from local.scenarios.checks import Observation, differences
from local.scenarios.model import Ending, Expectation, ExpectedExecution
from local.scenarios.placeholders import REQUEST_ID, same_text
from local.stack.environment import WebhookResponse
from local.stack.execution_trace import ExecutionTrace, FailedAttempt, StateVisit

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TRACE = ExecutionTrace(
    name="site-a-site-b-1",
    alert={"reporter": "site-a", "site": "site-b", "accelerator": "a1"},
    status="SUCCEEDED",
    started=NOW,
    code="Fenced",
    sentence="Fenced site-b.",
    visits=(
        StateVisit("Check", "Task", NOW, failures=[FailedAttempt(NOW, "InfinispanUnavailable", "silent")]),
        StateVisit("Choose", "Choice", NOW),
        StateVisit("Fenced", "Succeed", NOW),
    ),
)
FOUND = Observation(
    answers=(WebhookResponse(202, {"ignored": 0}),),
    traces=(TRACE,),
    shown={
        "endpoints": ["site-a"],
        "infinispan": {"site-a": {"site-b": "offline"}, "site-b": {"site-a": "online"}},
        "record": {"generation": 1, "survivor": "site-a", "fenced": "site-b"},
        "told": {"site-a": ["take-offline site-b"], "site-b": []},
    },
    accepts_writes={"site-a": True, "site-b": False},
    announced={"Fenced": 1},
    values={"survivor": "site-a", "fenced": "site-b", "request_id": REQUEST_ID},
)
ENDING = Ending("Fenced", "Fenced {fenced}.", ("Check", "Fenced"), {"Check": 1})
EXECUTION = ExpectedExecution("{survivor}", "site-b", (ENDING,))
EXPECTED = Expectation(
    answers=({"status": 202},),
    executions=(EXECUTION,),
    endpoints=("{survivor}",),
    infinispan={"{survivor}": "offline"},
    record={"generation": 1},
    told={"site-a": ("take-offline {fenced}",), "site-b": ()},
    accepts_writes={"site-b": False},
    announced={"Fenced": 1},
)


def test_nothing_is_different_when_all_is_as_expected() -> None:
    assert differences(EXPECTED, FOUND) == []


def test_nothing_expected_is_nothing_different() -> None:
    assert differences(Expectation(), FOUND) == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"answers": ()}, "There should be 0 answers, but there are 1."),
        (
            {"answers": ({"status": 200},)},
            "Answer 1 should have {'status': 200}, but is {'status': 202, 'ignored': 0}.",
        ),
        ({"answers": ({"status": 202, "ignored": 1},)}, "Answer 1 should have"),
        ({"executions": ()}, "The execution site-a-site-b-1 isn't expected."),
        ({"executions": (EXECUTION, EXECUTION)}, "There should be one execution for"),
        ({"executions": (replace(EXECUTION, accelerator="a2"),)}, "There should be one execution for"),
        ({"executions": (replace(EXECUTION, one_of=(replace(ENDING, outcome="Refused"),)),)}, "outcome should be"),
        ({"executions": (replace(EXECUTION, one_of=(replace(ENDING, sentence="Fenced"),)),)}, "sentence should be"),
        ({"executions": (replace(EXECUTION, one_of=(replace(ENDING, path=("Check",)),)),)}, "path should be"),
        ({"executions": (replace(EXECUTION, one_of=(replace(ENDING, failures={}),)),)}, "failed attempts should be"),
        ({"endpoints": ("site-a", "site-b")}, "endpoints should be ['site-a', 'site-b'], but is ['site-a']."),
        ({"infinispan": {"site-b": "offline"}}, "infinispan should be"),
        ({"record": {}}, "record should be {}, but is"),
        ({"record": {"generation": 2}}, "record should be {'generation': 2}, but is {'generation': 1}."),
        ({"told": {"site-a": ()}}, "told should be"),
        ({"accepts_writes": {"site-b": True}}, "accepts_writes should be"),
        ({"announced": {}}, "announced should be {}, but is {'Fenced': 1}."),
        ({"endpoints": ("{decided_at}",)}, "The placeholder 'decided_at' stands for nothing"),
    ],
)
def test_every_difference_is_told(change: Mapping[str, Any], complaint: str) -> None:
    (told, *_) = differences(replace(EXPECTED, **change), FOUND)
    assert complaint in told


def test_one_of_several_endings_is_enough() -> None:
    endings = (replace(ENDING, outcome="Refused"), ENDING)
    assert differences(Expectation(executions=(replace(EXECUTION, one_of=endings),)), FOUND) == []


def test_an_expected_absence_of_a_record_holds() -> None:
    assert differences(Expectation(record={}), replace(FOUND, shown={**FOUND.shown, "record": None})) == []


def test_any_request_id_will_do_but_nothing_else() -> None:
    expected = "RequestId: {request_id} Error: (killed)"
    assert same_text(expected, "RequestId: 6f1c2ce0-2f0f-4f0a-9d0a-000000000000 Error: (killed)")
    assert not same_text(expected, "RequestId: none Error: (killed)")
    assert not same_text(expected, "RequestId: 6f1c2ce0-2f0f-4f0a-9d0a-000000000000 Error: (killed) twice")
