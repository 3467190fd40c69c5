"""The real definition in moto's interpreter, with functions one of which fails as a test wants it to."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import boto3
from moto.awslambda.models import LambdaBackend
from moto.stepfunctions.parser.api import HistoryEventType
from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import CustomErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import FailureEvent
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import StatesErrorNameType
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_lambda import (
    StateTaskServiceLambda,
)
from moto.stepfunctions.parser.asl.eval.environment import Environment

from local.aws import lambda_invocation
from local.aws.in_process import InProcessAws, in_process_aws
from local.aws.lambda_invocation import Answer
from local.scenarios.announcements import Announcements
from tests.definition.definitions import ROOT, substitutions_used

DEFINITION = ROOT / "statemachine" / "fence.asl.json"
ALERT = {"accelerator": "a1", "reporter": "site-a", "site": "site-b", "starts_at": "2026-11-22T18:32:38Z"}
ROLE = "arn:aws:iam::123456789012:role/any"
FENCED = {"code": "Fenced", "sentence": "Fenced site-b.", "next_step": "Nothing."}
RESULTS: dict[str, dict[str, Any]] = {
    "ResolveAcceleratorFunction": {"topology": {}},
    "CheckReporterFunction": {"verdict": "Proceed", "evidence": "Gone"},
    "ClaimFenceFunction": {"fence": {"survivor": "site-a", "fenced": "site-b"}, "repeat": False},
    "UpdateEndpointGroupFunction": {},
    "TakeSiteOfflineFunction": {"outcome": FENCED},
}


@dataclass(frozen=True)
class Ended:
    """How an execution ended, and what was told of it; `error` is None when it succeeded."""

    error: str | None
    cause: str
    message: str
    event: dict[str, Any]


class Functions:
    """An Invoker: each function gives its result, but for the one that fails."""

    def __init__(self) -> None:
        self.failing = ""
        self.failures_left = 0

    def invoke(self, backend: LambdaBackend, function_name: str, qualifier: str | None, payload: bytes) -> Answer:
        """See `local.aws.lambda_invocation.Invoker`."""
        function = function_name.rpartition(":")[2]
        if function == self.failing and self.failures_left:
            self.failures_left -= 1
            return Answer(b"{}", failed=True)
        return Answer(json.dumps(RESULTS[function]).encode())


class Machine:
    """The state machine, deployed into an account of its own."""

    def __init__(self, aws: InProcessAws) -> None:
        self._aws = aws
        self._functions = Functions()
        lambda_invocation.use(self._functions)
        self._topic = boto3.client("sns").create_topic(Name="topic")["TopicArn"]
        self._told = Announcements(self._topic)
        self._client = boto3.client("stepfunctions")
        self._arn = self._client.create_state_machine(name="fence", definition=self._definition(), roleArn=ROLE)[
            "stateMachineArn"
        ]

    def run(self, function: str, error: str, cause: str, times: int = 1000) -> Ended:
        """Run an execution in which the function fails at its first `times` invocations, with this error and cause."""
        self._functions.failing, self._functions.failures_left = function, times
        self._told.forget()
        with patch.object(StateTaskServiceLambda, "_from_error", _failing_with(error, cause)):
            started = self._client.start_execution(stateMachineArn=self._arn, input=json.dumps({"alert": ALERT}))
            described = self._aws.wait_for_execution(started["executionArn"])
        (message,) = self._told.messages()
        return Ended(described.get("error"), described.get("cause", ""), message, self._event(started["executionArn"]))

    def _event(self, execution: str) -> dict[str, Any]:
        """The Detail of the one event that was put, with success."""
        events = self._client.get_execution_history(executionArn=execution, maxResults=1000)["events"]
        ends = [event["type"] for event in events if event["type"] in ("TaskSucceeded", "TaskFailed", "TaskTimedOut")]
        assert ends[-1] == "TaskSucceeded", "the event wasn't put"
        scheduled = [event["taskScheduledEventDetails"] for event in events if event["type"] == "TaskScheduled"][-1]
        assert scheduled["resource"] == "putEvents"
        (entry,) = json.loads(scheduled["parameters"])["Entries"]
        detail: dict[str, Any] = entry["Detail"]
        return detail

    def _definition(self) -> str:
        text = DEFINITION.read_text()
        for name in substitutions_used()[str(DEFINITION.relative_to(ROOT))]:
            function = f"arn:aws:lambda:us-west-2:123456789012:function:{name.removesuffix('Arn')}"
            text = text.replace(f"${{{name}}}", function if name.endswith("FunctionArn") else self._topic)
        return text


@contextmanager
def machine() -> Iterator[Machine]:
    """The state machine, as long as this is entered."""
    with in_process_aws({}) as aws:
        yield Machine(aws)


def _failing_with(error: str, cause: str) -> Any:
    """In place of what moto makes of a function's error: it knows no Cause but Lambda's own."""
    details: Any = {
        "taskFailedEventDetails": {"error": error, "cause": cause, "resource": "invoke", "resourceType": "lambda"}
    }

    def failure(_self: StateTaskServiceLambda, env: Environment, ex: Exception) -> FailureEvent:
        known = {kind.to_name(): kind for kind in StatesErrorNameType}
        name = StatesErrorName(known[error]) if error in known else CustomErrorName(error)
        return FailureEvent(env=env, error_name=name, event_type=HistoryEventType.TaskFailed, event_details=details)

    return failure
