"""The account in a test's own process: handlers as functions, planned failures, and a clean end."""

import json
import os
import threading
import time
from typing import Any

import boto3
import pytest
from moto.core.models import MockAWS

from local.aws.in_process import InProcessAws, in_process_aws
from tests.local.aws.conftest import Lambdas, Machines
from tests.local.aws.probes.probe import error_code


def invoke(name: str, payload: Any = None) -> tuple[str | None, Any]:
    """The function error, if any, and the payload."""
    answer = boto3.client("lambda").invoke(FunctionName=name, Payload=json.dumps(payload or {}))
    return answer.get("FunctionError"), json.loads(answer["Payload"].read())


@pytest.mark.parametrize(
    "name", ["hello", "arn:aws:lambda:us-west-2:123456789012:function:hello", "hello:$LATEST"], ids=str.__len__
)
def test_a_function_is_called_by_name_or_arn(lambdas: Lambdas, aws: InProcessAws, name: str):
    lambdas["hello"] = lambda event, context: [event, context.function_name, context.memory_limit_in_mb]
    assert invoke(name, {"a": 1}) == (None, [{"a": 1}, "hello", 128])


def test_an_unknown_function_is_none(aws: InProcessAws):
    assert error_code(lambda: invoke("unknown")) == "ResourceNotFoundException"


def test_an_exception_is_a_function_error_as_of_awslambdaric(lambdas: Lambdas, aws: InProcessAws):
    def fail(_event: Any, _context: Any) -> None:
        raise KeyError("missing")

    lambdas["fail"] = fail
    kind, error = invoke("fail")
    assert kind == "Unhandled"
    assert (error["errorType"], error["errorMessage"]) == ("KeyError", "'missing'")
    assert len(error["stackTrace"]) == 1
    assert "test_in_process.py" in error["stackTrace"][0]


def test_a_planned_error_of_the_function(lambdas: Lambdas, aws: InProcessAws):
    called: list[Any] = []
    lambdas["hello"] = lambda event, _context: called.append(event)
    aws.fail_next("hello", "Sandbox.Timedout", "too slow", times=2)
    for _ in range(2):
        kind, error = invoke("hello")
        assert (kind, error["errorType"], error["errorMessage"]) == ("Unhandled", "Sandbox.Timedout", "too slow")
    assert called == []
    assert invoke("hello") == (None, None)
    assert called == [{}]


def test_a_planned_refusal_of_the_service(lambdas: Lambdas, machines: Machines, aws: InProcessAws):
    lambdas["hello"] = lambda _event, _context: "done"
    aws.fail_next("hello", "Lambda.TooManyRequestsException")
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {"FunctionName": "hello"},
        "End": True,
    }
    assert machines.run({"Call": task})["error"] == "Lambda.TooManyRequestsException"


def test_an_answer_that_is_lost_after_the_work_is_done(lambdas: Lambdas, aws: InProcessAws):
    called: list[Any] = []
    lambdas["hello"] = lambda event, _context: called.append(event)
    aws.fail_next("hello", "Runtime.ExitError", after="response")
    kind, error = invoke("hello")
    assert (kind, error["errorType"], called) == ("Unhandled", "Runtime.ExitError", [{}])


def test_what_still_runs_at_the_end_is_stopped():
    entered, left = threading.Event(), threading.Event()

    def hold(_event: Any, _context: Any) -> None:
        entered.set()
        left.wait(0.3)

    with in_process_aws({"hold": hold}) as aws:
        task = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": {"FunctionName": "hold"}}
        machines = Machines(aws)
        arn = machines.make({"Hold": {**task, "Next": "Again"}, "Again": {**task, "End": True}})
        machines.client.start_execution(stateMachineArn=arn)
        assert entered.wait(10)
        entered.clear()
    assert not entered.wait(0.5), "the second task ran after the account was closed"


def test_the_environment_is_put_back(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:1")
    before = dict(os.environ)
    with in_process_aws({}):
        assert "AWS_ENDPOINT_URL" not in os.environ
        assert boto3.client("dynamodb").list_tables()["TableNames"] == []
    assert dict(os.environ) == before
    assert not MockAWS._mocks_active


def test_an_account_starts_empty():
    for _ in range(2):
        with in_process_aws({}) as aws:
            machines = Machines(aws)
            assert machines.client.list_state_machines()["stateMachines"] == []
            machines.make({"Succeed": {"Type": "Succeed"}})


def test_waiting_for_an_execution_has_an_end(lambdas: Lambdas, machines: Machines, aws: InProcessAws):
    released = threading.Event()
    lambdas["hold"] = lambda _event, _context: released.wait(30)
    task = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": {"FunctionName": "hold"}}
    arn = machines.make({"Hold": {**task, "End": True}})
    execution = machines.client.start_execution(stateMachineArn=arn)["executionArn"]
    began = time.monotonic()
    with pytest.raises(TimeoutError, match="still runs"):
        aws.wait_for_execution(execution, timeout=0.1)
    released.set()
    assert time.monotonic() - began < 10


def test_simultaneous_conditional_writes_have_one_winner(aws: InProcessAws):
    client = boto3.client("dynamodb")
    client.create_table(
        TableName="t",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
    )
    results: list[str] = []

    def put() -> None:
        condition = "attribute_not_exists(k)"
        item = {"k": {"S": "same"}}
        results.append(error_code(lambda: client.put_item(TableName="t", Item=item, ConditionExpression=condition)))

    writers = [threading.Thread(target=put) for _ in range(50)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(results) == ["ConditionalCheckFailedException"] * 49 + ["none"]
