"""House rules for the definitions. The linter statelint says whether they are Amazon States Language at all."""

import re

import botocore.session
import pytest
from jsonata import Jsonata

from fencing.outcome import SUCCEEDING, OutcomeCode
from fencing.steps.check_reporter import LAST_CHECK
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
# These pass, says Invoke: the function has been idle, or Lambda has no network interfaces for its VPC just now.
INACTIVE_FUNCTION_ERRORS = {
    "Lambda.CodeArtifactUserPendingException",
    "Lambda.EC2ThrottledException",
    "Lambda.EC2UnexpectedException",
    "Lambda.ENILimitReachedException",
    "Lambda.ENINotReadyException",
    "Lambda.ResourceConflictException",
    "Lambda.ResourceNotReadyException",
    "Lambda.SubnetIPAddressLimitReachedException",
}
# Step Functions makes these itself, of what its own client meets and of a function's error without a name.
ERRORS_OF_STEP_FUNCTIONS = {
    *("Lambda.AWSLambdaException", "Lambda.ClientExecutionTimeoutException", "Lambda.SdkClientException"),
    "Lambda.Unknown",
}
VISITS = {"Check the reporter": LAST_CHECK, "Wait for the reporter": LAST_CHECK - 1}
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
    """The guide's "Error names": States.ALL doesn't catch States.DataLimitExceeded, which therefore is named."""
    *_, too_large, everything = state["Catch"]
    assert state["TimeoutSeconds"] > 0
    assert everything["ErrorEquals"] == ["States.ALL"]
    assert too_large == everything | {"ErrorEquals": ["States.DataLimitExceeded"]}


@every_task
def test_retries_are_spread_and_bounded(state):
    for retrier in state["Retry"]:
        if set(retrier["ErrorEquals"]) != INACTIVE_FUNCTION_ERRORS:
            assert retrier["JitterStrategy"] == "FULL"
            assert retrier["MaxDelaySeconds"] > 0
            assert 0 < retrier["MaxAttempts"] <= 10


@every_state(Resource=LAMBDA_INVOKE)
def test_an_invocation_has_the_recommended_retrier(state):
    assert set(state["Retry"][0]["ErrorEquals"]) >= TRANSIENT_LAMBDA_ERRORS


@every_state(Resource=LAMBDA_INVOKE)
def test_an_inactive_function_is_waited_for_two_minutes(state):
    """At an even pace: with jitter nobody could say how long it waits at least."""
    [patient] = [one for one in state["Retry"] if set(one["ErrorEquals"]) == INACTIVE_FUNCTION_ERRORS]
    assert patient.keys() == {"ErrorEquals", "IntervalSeconds", "BackoffRate", "MaxAttempts"}
    assert (patient["IntervalSeconds"], patient["BackoffRate"], patient["MaxAttempts"]) == (5, 1.0, 24)


@every_state(Resource=LAMBDA_INVOKE)
def test_an_error_of_lambda_is_retried_by_one_retrier_under_its_own_name(state):
    invoke = botocore.session.get_session().get_service_model("lambda").operation_model("Invoke")
    of_invoke = {f"Lambda.{shape.name}" for shape in invoke.error_shapes}
    named = [name for retrier in state["Retry"] for name in retrier["ErrorEquals"]]
    assert len(named) == len(set(named))
    assert {name for name in named if name.startswith("Lambda.")} <= of_invoke | ERRORS_OF_STEP_FUNCTIONS


@every_definition
def test_an_execution_ends_before_its_time_is_over(definition):
    """Were every attempt as slow as may be, and every retrier used up in every task."""
    longest = sum(VISITS.get(name, 1) * longest_visit(state) for name, state in definition["States"].items())
    assert longest < definition["TimeoutSeconds"]
    assert f"({longest:,} s)" in definition["Comment"]


def longest_visit(state) -> int:
    """Seconds that a state may take, its retries included."""
    retriers = state.get("Retry", [])
    attempts = 1 + sum(retrier["MaxAttempts"] for retrier in retriers)
    pauses = sum(one["MaxAttempts"] * one.get("MaxDelaySeconds", one["IntervalSeconds"]) for one in retriers)
    return attempts * state.get("TimeoutSeconds", 0) + pauses + state.get("Seconds", 0)


@pytest.mark.parametrize("expression", sorted(set(expressions(list(DEFINITIONS.values())))))
def test_an_expression_is_jsonata(expression):
    assert Jsonata(expression)
    assert expression.isprintable(), "a line break within a text is written as \\n: validators refuse it as it is"


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
