"""What the definition takes for granted of Step Functions: its JSONata, what it catches and cuts, when it starts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.aws.machines import Machines
from tests.statemachine.causes import CAUSES
from tests.statemachine.definitions import DEFINITIONS, followers

pytestmark = pytest.mark.aws

MOST_OF_A_CAUSE = 32_768
LIMIT = 262_144
CAUGHT = {"Type": "Pass", "Output": "{% $states.input %}", "End": True}


def test_a_null_variable_is_null(machines: Machines):
    """The definition tells by it whether an outcome is there."""
    assert machines.value_of("$nothing = null", nothing=None) is True
    assert machines.value_of("$exists($nothing)", nothing=None) is True
    assert machines.value_of("$something = null", something={"code": "Fenced"}) is False


def test_text_beyond_the_basic_plane_fails_no_expression(machines: Machines):
    """Engines of JSONata count a character beyond U+FFFF as one or as two; this shows which one AWS has."""
    text = "Straße 😀"
    assert machines.value_of("$substring($text, 0, 3)", text=text) == "Str"
    assert machines.value_of("$contains($text, '😀') and $substring($text, -1) != ''", text=text) is True
    assert machines.value_of("$length($text)", text=text) in (8, 9)


@pytest.fixture(scope="module")
def telling(machines: Machines) -> str:
    """The application's own way from an error to an outcome, without the calls of services around it: the ARN."""
    definition = DEFINITIONS["fence.asl.json"]
    states, first = definition["States"], definition["StartAt"]
    (giving_up, *_) = [
        name for name, state in states.items() if state.get("Assign", {}).get("outcome", {}) and is_not_fenced(state)
    ]
    begin = {"Type": "Pass", "Assign": {**states[first]["Assign"], "problem": "{% $states.input %}"}, "Next": giving_up}
    end = {"Type": "Pass", "Output": "{% $outcome.sentence %}", "End": True}
    passing = {name: end if state["Type"] in ("Task", "Choice", "Wait") else state for name, state in states.items()}
    return machines.make(only_reachable({"Begin": begin, **passing}))


def is_not_fenced(state: Mapping[str, Any]) -> bool:
    outcome = state["Assign"]["outcome"]
    return isinstance(outcome, dict) and outcome["code"] == "NotFenced"


def only_reachable(states: dict[str, Any]) -> dict[str, Any]:
    """Step Functions refuses states that nothing leads to."""
    reached = [next(iter(states))]
    for name in reached:
        reached += [after for after in followers(states[name]) if after not in reached]
    return {name: states[name] for name in reached}


@pytest.mark.parametrize("name", CAUSES)
def test_every_cause_is_told(machines: Machines, telling: str, name: str):
    """By AWS's engine of JSONata, whichever it is: where an expression fails, nobody is told anything."""
    cause, words = CAUSES[name]
    started = machines.client.start_execution(
        stateMachineArn=telling, input=json.dumps({"Error": "Unforeseen", "Cause": cause})
    )
    ended = machines.ended(started["executionArn"])
    stop = "" if words.endswith(".") else "."
    assert ended.get("output", ended.get("cause")) == f"Not fenced: Unforeseen: {words}{stop} Nothing was changed."


def test_a_result_that_is_too_large_is_caught_by_its_name_only(machines: Machines):
    large = {"do": "return text", "with": LIMIT}
    for name, ends in (("States.ALL", "States.DataLimitExceeded"), ("States.DataLimitExceeded", None)):
        catch = [{"ErrorEquals": [name], "Next": "Caught"}]
        ended = machines.run({"Invoke": machines.invoking(large, Catch=catch, End=True), "Caught": CAUGHT})
        assert ended.get("error") == ends


def test_an_error_of_the_run_time_is_caught_by_nothing(machines: Machines):
    """Only the alarm on failed executions tells of one."""
    invoke = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName.$": "$.missing"},
        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}],
        "End": True,
    }
    caught = {"Type": "Pass", "End": True}
    assert machines.run({"Invoke": invoke, "Caught": caught}, language="JSONPath")["error"] == "States.Runtime"


def test_a_failed_expression_is_caught(machines: Machines):
    task = machines.invoking("{% $number('x') %}", Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Caught"}], End=True)
    output = machines.run({"Invoke": task, "Caught": CAUGHT})["output"]
    assert output["Error"] == "States.QueryEvaluationError"


def test_a_long_cause_is_cut(machines: Machines):
    """So it isn't whole JSON any more."""
    event = {"do": "raise", "with": {"name": "Long", "message": "x" * 40_000}}
    told = "{% {'length': $length($states.input.Cause), 'start': $substring($states.input.Cause, 0, 1)} %}"
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]
    task = machines.invoking(event, Catch=catch, End=True)
    output = machines.run({"Invoke": task, "Caught": {**CAUGHT, "Output": told}})["output"]
    assert output == {"length": MOST_OF_A_CAUSE, "start": "{"}


def test_a_time_out_has_a_name_and_says_little(machines: Machines):
    catch = [{"ErrorEquals": ["States.Timeout"], "Next": "Caught"}]
    task = machines.invoking({"do": "sleep", "with": 2.5}, TimeoutSeconds=1, Catch=catch, End=True)
    output = machines.run({"Invoke": task, "Caught": CAUGHT})["output"]
    assert (output["Error"], output.get("Cause", "")) == ("States.Timeout", "")


def test_a_name_starts_one_execution(machines: Machines):
    """While it runs, the same input gives the same one; once it has ended, nothing does for 90 days."""
    arn = machines.make({"Wait": {"Type": "Wait", "Seconds": 5, "End": True}})
    name: Any = {"stateMachineArn": arn, "name": "site-a-site-b-0123456789abcdef-0", "input": '{"a": 1}'}
    first, again = (machines.client.start_execution(**name)["executionArn"] for _ in range(2))
    assert first == again
    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        machines.client.start_execution(**{**name, "input": '{"a": 2}'})
    machines.ended(first)
    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        machines.client.start_execution(**name)
