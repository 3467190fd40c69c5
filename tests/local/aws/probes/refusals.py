"""What Step Functions refuses or cuts, and moto takes: shown with the sentences that AWS gives."""

import json
from collections.abc import Callable
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.stepfunctions.parser.asl.component.state.exec.state_task.lambda_eval_utils import (
    LambdaFunctionErrorException,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_lambda import (
    StateTaskServiceLambda,
)

from tests.local.aws.probes.probe import Probes, replaced
from tests.local.aws.probes.state_machines import evaluator_of_a_user, machine, run

PROBES = Probes()

INJECTED = "what a function answers is put into its mouth; in tests/aws a real one answers"
LIMIT = 262_144
TOO_LARGE = "The state/task '{}' returned a result with a size exceeding the maximum number of bytes service limit."


def sentence(call: Callable[[], Any]) -> str:
    """The error's code and message; "none" when the call succeeds."""
    try:
        call()
    except ClientError as error:
        return f"{error.response['Error']['Code']}: {error.response['Error']['Message']}"
    return "none"


def start(**arguments: Any) -> str:
    arn = machine({"Succeed": {"Type": "Succeed"}})
    unchecked = boto3.client("stepfunctions", config=Config(parameter_validation=False))
    return sentence(lambda: unchecked.start_execution(stateMachineArn=arn, **arguments))


def ran(states: dict[str, Any], execution_input: Any = None, **more: Any) -> str:
    """How an execution ended: its error and cause, or its output."""
    with evaluator_of_a_user():
        described = run(states, execution_input, **more)
    if "error" in described:
        return f"{described['error']}: {described.get('cause')}"
    return str(described.get("output", described["status"])).strip('"')


def invoked(answer: Callable[[], Any], then: str = "{% $states.input %}", **more: Any) -> str:
    """How a task ended that invokes a function. `answer` returns the result, or raises what the integration raises.

    `then` is the output of the state "Caught".
    """

    def eval_service_task(_self: Any, env: Any, **_kwargs: Any) -> None:
        env.stack.append(answer())

    task = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": {"FunctionName": "f"}}
    caught = {"Type": "Pass", "Output": then, "End": True}
    with replaced(StateTaskServiceLambda, "_eval_service_task", eval_service_task):
        return ran({"Invoke": {**task, "End": True, **more}, "Caught": caught})


def raising(error: Exception) -> Callable[[], Any]:
    def answer() -> Any:
        raise error

    return answer


def catch(*errors: str, **more: Any) -> list[dict[str, Any]]:
    return [{"ErrorEquals": list(errors), "Next": "Caught", **more}]


NAME_CONSTRAINT = "1 validation error detected: Value '{}' at 'name' failed to satisfy constraint: Member must have"


@PROBES.add(
    plain=["none", "none", "none", "none"],
    repaired=[
        f"ValidationException: {NAME_CONSTRAINT.format('a' * 81)} length less than or equal to 80",
        "InvalidName: Invalid Name: 'a b'",
        "InvalidName: Invalid Name: 'a\u2003b'",
        f"ValidationException: {NAME_CONSTRAINT.format('')} length greater than or equal to 1",
    ],
)
def refuses_names_of_executions() -> Any:
    return [start(name=name) for name in ("a" * 81, "a b", "a\u2003b", "")]


@PROBES.add(
    plain="none",
    repaired="ValidationException: 1 validation error detected: Value at 'input' failed to satisfy constraint: "
    f"Member must have size less than or equal to {LIMIT} bytes in UTF-8 encoding",
)
def refuses_a_long_input() -> Any:
    """In bytes: as many characters would fit."""
    return start(input=json.dumps("ä" * (LIMIT // 2), ensure_ascii=False))


LARGE_RESULT = f"States.DataLimitExceeded: {TOO_LARGE.format('lambda')}"


@PROBES.add(
    plain=["fits", LARGE_RESULT, "caught"], repaired=["fits", LARGE_RESULT, LARGE_RESULT], only_in_moto=INJECTED
)
def limits_the_result_of_a_task() -> Any:
    """The limit itself is within it. A Catch of States.ALL doesn't help beyond."""
    fits, larger = "x" * (LIMIT - 2), "x" * (LIMIT + 1)
    return [
        invoked(lambda: fits, Output="fits"),
        invoked(lambda: larger, Output="fits"),
        invoked(lambda: larger, "caught", Catch=catch("States.ALL")),
    ]


@PROBES.add(plain=["caught", "caught"], repaired=["caught", LARGE_RESULT], only_in_moto=INJECTED)
def retries_and_catches_a_limit_by_its_name_only() -> Any:
    retry = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "MaxAttempts": 1}]
    tries: list[int] = []

    def larger() -> str:
        tries.append(1)
        return "x" * LIMIT if len(tries) % 2 else "caught"

    by_name = invoked(lambda: "x" * LIMIT, "caught", Catch=catch("States.DataLimitExceeded"))
    return [by_name, invoked(larger, "caught", Retry=retry)]


@PROBES.add(plain=f"States.DataLimitExceeded: {TOO_LARGE.format('Pass')}", repaired="fits")
def counts_a_state_s_output_in_utf_8() -> Any:
    """moto counts six bytes for each character beyond ASCII."""
    output = {"text": "{% $pad('', 100000, 'ä') %}"}
    return (
        "fits" if (ended := ran({"Pass": {"Type": "Pass", "Output": output, "End": True}})).startswith("{") else ended
    )


@PROBES.add(
    plain="fits",
    repaired="States.DataLimitExceeded: The variables assigned by the state/task 'Assign' have a size exceeding the "
    "maximum number of bytes service limit.",
)
def limits_the_variables_of_one_assign() -> Any:
    halves = {"Type": "Pass", "Assign": dict.fromkeys(("a", "b"), "{% $pad('', 131072, 'x') %}"), "Next": "Fits"}
    return ran({"Assign": halves, "Fits": {"Type": "Pass", "Output": "fits", "End": True}})


@PROBES.add(plain=["caught", "caught"], repaired=["States.Runtime", "States.Runtime"], only_in_moto=INJECTED)
def never_catches_a_runtime_error() -> Any:
    """Not even by its name."""
    broken = raising(RuntimeError("broken"))
    endings = [invoked(broken, "caught", Catch=catch(name)) for name in ("States.ALL", "States.Runtime")]
    return [ended.partition(":")[0] for ended in endings]


@PROBES.add(plain=[40_010, 40_010, 40_000, 300], repaired=[32_768, 32_768, 32_768, 256], only_in_moto=INJECTED)
def cuts_causes_and_errors() -> Any:
    """Of a task, as its Catch sees it too; of a Fail state."""
    long = raising(LambdaFunctionErrorException("Unhandled", json.dumps({"errorType": "E", "m": "x" * 39_983})))
    seen = invoked(long, "{% $string($length($states.input.Cause)) %}", Catch=catch("E"))
    fail = {"Type": "Fail", "Error": "{% $pad('', 300, 'e') %}", "Cause": "{% $pad('', 40000, 'c') %}"}
    error, cause = ran({"Fail": fail}).split(": ")
    return [len(invoked(long).partition(": ")[2]), int(seen), len(cause), len(error)]
