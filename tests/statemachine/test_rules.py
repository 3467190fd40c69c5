"""House rules for the definitions. The linter statelint says whether they are Amazon States Language at all."""

import re

import pytest
from jsonata import Jsonata

from fencing.outcome import SUCCEEDING, OutcomeCode
from tests.statemachine.definitions import (
    DEFINITIONS,
    LAMBDA_INVOKE,
    TELLING,
    every_definition,
    every_state,
    expressions,
    reachable,
)

# Step Functions' best practices, "Handle transient Lambda service exceptions", and throttling.
TRANSIENT_LAMBDA_ERRORS = {
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
}
FUNCTIONS_OF_JSONATA = re.compile(r"\$(\w+)(?=\s*\()")
VARIABLE = re.compile(r"\$(\w+)\b(?!\s*\()")
LOCAL_VARIABLE = re.compile(r"\$(\w+)\s*:=")

every_task = every_state(Type="Task")


@every_definition
def test_a_machine_is_described_and_timed(definition):
    assert definition["Comment"]
    assert definition["QueryLanguage"] == "JSONata"
    assert definition["TimeoutSeconds"] > 0


@every_state()
def test_a_state_is_described(state):
    assert state["Comment"]


@every_task
def test_a_task_ends_in_time_and_is_caught(state):
    assert state["TimeoutSeconds"] > 0
    assert state["Catch"][-1]["ErrorEquals"] == ["States.ALL"]


@every_task
def test_retries_are_spread_and_bounded(state):
    for retrier in state["Retry"]:
        assert retrier["JitterStrategy"] == "FULL"
        assert retrier["MaxDelaySeconds"] > 0
        assert 0 < retrier["MaxAttempts"] <= 10


@every_state(Resource=LAMBDA_INVOKE)
def test_an_invocation_has_the_recommended_retrier(state):
    assert set(state["Retry"][0]["ErrorEquals"]) >= TRANSIENT_LAMBDA_ERRORS


@every_state(Resource=LAMBDA_INVOKE)
def test_retries_never_outlast_the_machine(state):
    machine = next(definition for definition in DEFINITIONS.values() if state in definition["States"].values())
    for retrier in state["Retry"]:
        longest = (retrier["MaxAttempts"] + 1) * state["TimeoutSeconds"]
        longest += retrier["MaxAttempts"] * retrier["MaxDelaySeconds"]
        assert longest < machine["TimeoutSeconds"]


@pytest.mark.parametrize("expression", sorted(set(expressions(list(DEFINITIONS.values())))))
def test_an_expression_is_jsonata(expression):
    assert Jsonata(expression)


@every_definition
def test_variables_are_set_in_the_first_state(definition):
    first = definition["States"][definition["StartAt"]]
    for text in expressions(definition["States"]):
        local = set(LOCAL_VARIABLE.findall(text))
        assert set(VARIABLE.findall(text)) - local <= set(first["Assign"]) | {"states"}, text


@every_definition
@pytest.mark.parametrize("telling", TELLING)
def test_an_execution_ends_only_after_it_was_told(definition, telling):
    [teller] = [name for name, state in definition["States"].items() if state.get("Resource") == telling]
    ends = {name for name, state in definition["States"].items() if state["Type"] in {"Succeed", "Fail"}}
    assert ends
    assert not ends & reachable(definition, without=teller)


@every_definition
@pytest.mark.parametrize("code", OutcomeCode)
def test_an_outcome_has_an_end_of_its_own(definition, code):
    [last] = [state for state in definition["States"].values() if state["Type"] == "Choice" and "Default" not in state]
    ends = [choice["Next"] for choice in last["Choices"] if holds(choice["Condition"], code)]
    assert len(ends) == 1
    end = definition["States"][ends[0]]
    if code in SUCCEEDING:
        assert (end["Type"], end["Output"]) == ("Succeed", "{% $outcome %}")
    else:
        assert (end["Type"], end["Error"], end["Cause"]) == ("Fail", code, "{% $outcome.sentence %}")


def holds(condition: str, code: OutcomeCode) -> bool:
    """Evaluate a condition of the last choice, everybody having been told."""
    [expression] = expressions(condition)
    jsonata = Jsonata(expression)
    variables = jsonata.create_frame()
    variables.bind("outcome", {"code": str(code)})
    variables.bind("untold", "")
    return bool(jsonata.evaluate(None, variables))
