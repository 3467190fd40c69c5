"""A whole AWS account inside a test: moto, repaired, with the Lambda functions as callables of this process."""

from __future__ import annotations

import json
import os
import threading
import time
import traceback
import uuid
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal
from unittest.mock import patch

import boto3
from moto import mock_aws
from moto.awslambda.exceptions import UnknownFunctionException
from moto.awslambda.models import LambdaBackend
from moto.core.exceptions import JsonRESTError

from local.aws import inactive_functions, lambda_invocation, load_balancers, repairs, throttling
from local.aws.lambda_invocation import InvocationResult
from local.aws.stepfunctions.executions import stop_executions
from local.aws.stepfunctions.pauses import Pause, skipped_pauses

Handler = Callable[[dict[str, Any], Any], Any]

REGION = "us-west-2"
END_OF_EXECUTIONS_SECONDS = 10.0
ENVIRONMENT = {
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}


@dataclass
class LambdaContext:
    """The second argument of a handler, with what handlers and Powertools read from it."""

    function_name: str
    invoked_function_arn: str
    memory_limit_in_mb: int = 128
    function_version: str = "$LATEST"
    aws_request_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def get_remaining_time_in_millis(self) -> int:
        return 30_000


@dataclass(frozen=True)
class PlannedFailure:
    """A failure that a test planned: see `InProcessAws.fail_next`."""

    error_type: str
    message: str
    after: Literal["start", "response"]


class InProcessAws:
    """What a test may do inside `in_process_aws`."""

    def __init__(self, handlers: Mapping[str, Handler], pauses: list[Pause]) -> None:
        self.pauses = pauses
        """The Wait states and Retry delays that were skipped so far, in order."""
        self._handlers = handlers
        self._failures: dict[str, deque[PlannedFailure]] = {}
        self._lock = threading.Lock()

    def fail_next(
        self,
        function: str,
        error_type: str,
        message: str = "",
        times: int = 1,
        after: Literal["start", "response"] = "start",
    ) -> None:
        """Let the next `times` invocations of `function` fail, on top of those that are already planned.

        `error_type` is what Retry and Catch see: "Lambda.TooManyRequestsException" and the like are refusals of the
        Lambda service; anything else ("Sandbox.Timedout", "Runtime.ExitError", a class name) is the function's own
        error. With after="response" the handler does its work first, and only its answer is lost.
        """
        with self._lock:
            planned = self._failures.setdefault(function, deque())
            planned.extend([PlannedFailure(error_type, message, after)] * times)

    def wait_for_execution(self, execution_arn: str, timeout: float = 30.0) -> dict[str, Any]:
        """DescribeExecution's answer once the execution has ended. Raises TimeoutError after `timeout` seconds."""
        client = boto3.client("stepfunctions", region_name=execution_arn.split(":")[3])
        deadline = time.monotonic() + timeout
        while (described := client.describe_execution(executionArn=execution_arn))["status"] == "RUNNING":
            if time.monotonic() > deadline:
                raise TimeoutError(f"{execution_arn} still runs after {timeout} s")
            time.sleep(0.005)
        return dict(described)

    def invoke(
        self, backend: LambdaBackend, function_name: str, _qualifier: str | None, payload: bytes
    ) -> InvocationResult:
        """Run a handler as Lambda would. See `local.aws.lambda_invocation.Invoker`."""
        name = _last_part(function_name)
        if name not in self._handlers:
            raise UnknownFunctionException(function_name)
        failure = self._next_failure(name)
        if failure and failure.after == "start":
            return _failed(failure)
        arn = f"arn:aws:lambda:{backend.region_name}:{backend.account_id}:function:{name}"
        try:
            result = self._handlers[name](json.loads(payload or b"{}"), LambdaContext(name, arn))
            answer = InvocationResult(json.dumps(result).encode())
        except Exception as error:  # noqa: BLE001  (this is the runtime: a handler's error is an answer)
            frames = traceback.format_tb(error.__traceback__)[1:]  # without the one of this method
            answer = _error_answer(type(error).__name__, str(error), frames)
        return _failed(failure) if failure else answer

    def _next_failure(self, function: str) -> PlannedFailure | None:
        with self._lock:
            planned = self._failures.get(function)
            return planned.popleft() if planned else None


@contextmanager
def in_process_aws(handlers: Mapping[str, Handler]) -> Iterator[InProcessAws]:
    """An empty account in us-west-2 whose state machines run, whose Lambda functions are `handlers`.

    Keys of `handlers` are function names; a state machine may call them by name or by any ARN that ends in it. An
    exception becomes a function error with its class name as errorType, as awslambdaric does. Clients are plain boto3.
    Whatever still runs at the end is stopped, so that nothing reaches for the real AWS afterwards.
    """
    repairs.install_without_cloudformation()
    without_aws = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    with (
        patch.dict(os.environ, without_aws | ENVIRONMENT, clear=True),
        mock_aws(config={"stepfunctions": {"execute_state_machine": True}}),
        skipped_pauses() as pauses,
    ):
        aws = InProcessAws(handlers, pauses)
        invoker_before = lambda_invocation.use(aws)
        try:
            yield aws
        finally:
            _end_executions()
            lambda_invocation.use(invoker_before)
            load_balancers.regain_all_regions()
            inactive_functions.wake()
            throttling.lift()


def _end_executions() -> None:
    executions = stop_executions()
    deadline = time.monotonic() + END_OF_EXECUTIONS_SECONDS
    while any(execution.status == "RUNNING" for execution in executions):
        if time.monotonic() > deadline:
            raise TimeoutError("an execution doesn't end")
        time.sleep(0.005)


def _last_part(function_name: str) -> str:
    return function_name.removesuffix(":$LATEST").rsplit(":", 1)[-1]


def _failed(failure: PlannedFailure) -> InvocationResult:
    service, _, code = failure.error_type.partition(".")
    if service == "Lambda" and code != "Unknown":
        raise JsonRESTError(code, failure.message)
    return _error_answer(failure.error_type, failure.message, [])


def _error_answer(error_type: str, message: str, stack_trace: list[str]) -> InvocationResult:
    error = {"errorMessage": message, "errorType": error_type, "requestId": str(uuid.uuid4())}
    return InvocationResult(json.dumps({**error, "stackTrace": stack_trace}).encode(), failed=True)
