"""What Step Functions says of an expression that fails, and where."""

from typing import Any

import boto3
from moto.stepfunctions.parser.asl.component.state.exec.state_task.lambda_eval_utils import (
    LambdaFunctionErrorException,
)

from tests.local.aws.probes.probe import Probes
from tests.local.aws.probes.refusals import INJECTED, catch, invoked, raising, ran
from tests.local.aws.probes.state_machines import run

PROBES = Probes()

ERROR = "States.QueryEvaluationError: An error occurred while executing the state '{}' (entered at the event id #2). "
EXPRESSION = ERROR + "The JSONata expression '{}' specified for the field '{}' {}"


def failed_at(state: str, expression: str, field: str, reason: str = "returned nothing (undefined).") -> str:
    return EXPRESSION.format(state, expression, field, reason)


MISSING = "$doesNotExist"
UNPLACED = f"The JSONata expression '{MISSING}' returned nothing (undefined)."
WRAPPED = f"{{% {MISSING} %}}"


def ended(**fields: Any) -> str:
    """How an execution of one Pass state ends."""
    return ran({"Pass": {"Type": "Pass", "End": True, **fields}})


@PROBES.add(
    plain=[ERROR.format("Pass") + UNPLACED] * 4,
    repaired=[
        failed_at("Pass", MISSING, "Output"),
        failed_at("Pass", MISSING, "Output/result"),
        failed_at("Pass", MISSING, "Output/list[1]/deep"),
        failed_at("Pass", MISSING, "Assign/result"),
    ],
)
def names_the_field_of_what_is_undefined() -> Any:
    return [
        ended(Output=WRAPPED),
        ended(Output={"result": WRAPPED}),
        ended(Output={"list": [1, {"deep": WRAPPED}]}),
        ended(Assign={"result": WRAPPED}),
    ]


@PROBES.add(
    plain="States.Runtime: JException(Attempted to invoke a non-function)",
    repaired=failed_at(
        "Pass", "$unknown(1)", "Output", "threw an error during evaluation. T1006: Attempted to invoke a non-function"
    ),
)
def names_the_error_of_a_function() -> Any:
    return ended(Output="{% $unknown(1) %}")


@PROBES.add(
    plain=f"States.QueryEvaluationError: {UNPLACED}",
    repaired=failed_at("Invoke", MISSING, "Arguments/FunctionName"),
)
def tells_a_catch_the_whole_sentence() -> Any:
    """States.ALL catches it."""
    then = "{% $states.input.Error & ': ' & $states.input.Cause %}"
    return invoked(lambda: 1, then, Arguments={"FunctionName": WRAPPED}, Catch=catch("States.ALL"))


@PROBES.add(
    plain=ERROR.format("Invoke").replace("#2", "#4") + UNPLACED,
    repaired=failed_at("Invoke", MISSING, "Catch[1]/Output"),
)
def names_the_field_of_a_catch() -> Any:
    catches = catch("Other") + catch("States.ALL", Output=WRAPPED)
    return invoked(lambda: 1, "", Arguments={"FunctionName": WRAPPED}, Catch=catches)


NOT_BOOLEAN = (
    "States.Runtime: RuntimeError(Expected Condition to produce a boolean result but got result of type "
    "'<class 'str'>' instead.)"
)


@PROBES.add(
    plain=[NOT_BOOLEAN, "Error: 5"],
    repaired=[
        failed_at(
            "Choose",
            "'yes'",
            "Choices[0]/Condition",
            "returned an unexpected result type. Expected 'boolean', but was 'string' for value: \"yes\"",
        ),
        failed_at(
            "Fail", "5", "Cause", "returned an unexpected result type. Expected 'string', but was 'number' for value: 5"
        ),
    ],
)
def refuses_values_of_another_type() -> Any:
    choice = {"Type": "Choice", "Choices": [{"Condition": "{% 'yes' %}", "Next": "Yes"}], "Default": "Yes"}
    fail = {"Type": "Fail", "Error": "Error", "Cause": "{% 5 %}"}
    return [ran({"Choose": choice, "Yes": {"Type": "Succeed"}}), ran({"Fail": fail})]


@PROBES.add(
    plain=["TaskStateEntered", "TaskFailed", "ExecutionFailed"],
    repaired=["TaskStateEntered", "EvaluationFailed", "ExecutionFailed"],
)
def records_a_failed_expression_once() -> Any:
    task = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": WRAPPED, "End": True}
    execution = run({"Invoke": task})["executionArn"]
    events = boto3.client("stepfunctions").get_execution_history(executionArn=execution)["events"]
    return [event["type"] for event in events[1:]]


KNOWN = "{% $exists($states.result) & ' ' & $exists($states.errorOutput) %}"


@PROBES.add(
    plain=["true true", "States.Runtime: KeyError('errorOutput')"],
    repaired=["false true", "true false"],
    only_in_moto=INJECTED,
)
def knows_results_and_errors_where_there_are_some() -> Any:
    """The Catch of a task that fails, and the Output of one that doesn't."""
    failing = raising(LambdaFunctionErrorException("Unhandled", '{"errorType": "E"}'))
    return [invoked(failing, Catch=catch("E", Output=KNOWN)), invoked(lambda: 1, Output=KNOWN)]
