"""Records which principal of the stack calls what of AWS, while scenarios are played in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Any
from unittest.mock import patch

from botocore.client import BaseClient
from moto.awslambda.models import LambdaBackend

from local import aws
from local.aws import InvocationResult, Invoker
from local.stack.environment import WebhookResponse
from local.stack.in_process import InProcessEnvironment

REGION, ACCOUNT = "us-west-2", "123456789012"
WEBHOOK, STATE_MACHINE = "WebhookFunction", "FenceStateMachine"
EVERYTHING = "*"
# moto's interpreter calls the services of a Task by clients with this made-up key.
KEY_OF_STATE_MACHINES = "ak"

_acting: ContextVar[str | None] = ContextVar("acting", default=None)


@dataclass(frozen=True, order=True)
class Call:
    """A call, as IAM sees it. `principal` is the logical id of the function or state machine that makes it."""

    principal: str
    action: str
    resource: str


def _table(parameters: Mapping[str, Any]) -> str:
    return f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{parameters['TableName']}"


def _bus(parameters: Mapping[str, Any]) -> str:
    (bus,) = {entry.get("EventBusName", "default") for entry in parameters["Entries"]}
    return f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/{bus}"


def _given(parameter: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda parameters: str(parameters[parameter])


# Service Authorization Reference, "Actions, resources, and condition keys" of each service: the action that allows an
# operation where it isn't called the same, and the resource that it is checked against.
ACTION_OF_OPERATION = {"lambda:Invoke": "lambda:InvokeFunction"}
RESOURCE_OF_ACTION: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "dynamodb:GetItem": _table,
    "dynamodb:PutItem": _table,
    "dynamodb:UpdateItem": _table,
    "elasticloadbalancing:DescribeTags": lambda parameters: EVERYTHING,
    "events:PutEvents": _bus,
    "globalaccelerator:DescribeAccelerator": _given("AcceleratorArn"),
    "globalaccelerator:ListAccelerators": lambda parameters: EVERYTHING,
    "globalaccelerator:ListEndpointGroups": _given("ListenerArn"),
    "globalaccelerator:ListListeners": _given("AcceleratorArn"),
    "globalaccelerator:RemoveEndpoints": _given("EndpointGroupArn"),
    "lambda:InvokeFunction": _given("FunctionName"),
    "secretsmanager:GetSecretValue": _given("SecretId"),
    "sns:Publish": _given("TopicArn"),
    "states:DescribeExecution": _given("executionArn"),
    "states:StartExecution": _given("stateMachineArn"),
}


class Recorder:
    """Collects the calls that are made while it is `recording`."""

    def __init__(self) -> None:
        self.calls: set[Call] = set()

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Until left, every AWS client of this process is listened to."""
        original = BaseClient._make_api_call  # type: ignore[attr-defined]

        def listen(client: BaseClient, operation: str, parameters: Mapping[str, Any]) -> Any:
            self._note(client, operation, parameters)
            return original(client, operation, parameters)

        with patch.object(BaseClient, "_make_api_call", listen):
            yield

    def _note(self, client: BaseClient, operation: str, parameters: Mapping[str, Any]) -> None:
        credentials = client._get_credentials()  # type: ignore[attr-defined]
        is_machine = credentials is not None and credentials.access_key == KEY_OF_STATE_MACHINES
        principal = STATE_MACHINE if is_machine else _acting.get()
        if principal is None:
            return  # the world around the stack, or the test
        name = f"{client.meta.service_model.signing_name}:{operation}"
        action = ACTION_OF_OPERATION.get(name, name)
        self.calls.add(Call(principal, action, RESOURCE_OF_ACTION[action](parameters)))


@contextmanager
def acting_as(principal: str | None) -> Iterator[None]:
    """Until left, this thread's calls are those of `principal`."""
    before = _acting.set(principal)
    try:
        yield
    finally:
        _acting.reset(before)


class _RecordedInvoker:
    """An Invoker: what runs inside of it acts as the function that is invoked."""

    def __init__(self, logical_ids: Mapping[str, str], inner: Invoker) -> None:
        self._logical_ids = logical_ids
        self._inner = inner

    def invoke(
        self, backend: LambdaBackend, function_name: str, qualifier: str | None, payload: bytes
    ) -> InvocationResult:
        with acting_as(self._logical_ids[function_name.rpartition(":")[2]]):
            return self._inner.invoke(backend, function_name, qualifier, payload)


class RecordedEnvironment(InProcessEnvironment):
    """One whose functions and state machine are known by name to the recorder."""

    def start(self) -> None:
        super().start()
        logical_ids = {function.name: logical_id for logical_id, function in self.deployment.functions.items()}
        aws.wrap_invoker(partial(_RecordedInvoker, logical_ids))

    def post(self, body: bytes) -> WebhookResponse:
        with acting_as(WEBHOOK):
            return super().post(body)

    def before(self, function: str, action: Callable[[], None]) -> None:
        def by_the_world() -> None:
            with acting_as(None):
                action()

        super().before(function, by_the_world)

    def _authorization(self) -> str:
        with acting_as(None):  # it is the sender who looks this up
            return super()._authorization()
