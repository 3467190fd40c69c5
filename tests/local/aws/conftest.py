"""Accounts for the tests of the local AWS."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.core.base_backend import BackendDict

from local.aws import globalaccelerator, repairs
from local.aws.in_process import InProcessAws, in_process_aws
from tests.local.aws.probes.probe import account as probes_account

ROLE = "arn:aws:iam::123456789012:role/any"


@pytest.fixture
def account() -> Iterator[None]:
    """An empty account, without Lambda."""
    repairs.install_without_cloudformation()
    with mock_aws():
        yield


@pytest.fixture
def accelerators(account) -> globalaccelerator.GlobalAcceleratorBackend:
    """The empty account's accelerators, with the switches of the simulated world."""
    return globalaccelerator.backend()


@pytest.fixture(scope="module")
def _cloudformation() -> Iterator[None]:
    repairs.install()
    with probes_account():
        yield


@pytest.fixture
def cloudformation(_cloudformation) -> None:
    """An empty account to deploy to."""
    BackendDict.reset()


class Lambdas(dict[str, Callable[[dict[str, Any], Any], Any]]):
    """Handlers by function name; a test adds its own."""


@pytest.fixture
def lambdas() -> Lambdas:
    return Lambdas()


@pytest.fixture
def aws(lambdas: Lambdas) -> Iterator[InProcessAws]:
    """An account whose Lambda functions are `lambdas`."""
    with in_process_aws(lambdas) as running:
        yield running


class Machines:
    """Makes and runs state machines in the account."""

    def __init__(self, aws: InProcessAws) -> None:
        self._aws = aws
        self.client = boto3.client("stepfunctions")

    def make(self, states: dict[str, Any], **more: Any) -> str:
        """The ARN of a new state machine, in JSONata, that starts with the first of `states`."""
        definition = {"QueryLanguage": "JSONata", "StartAt": next(iter(states)), "States": states, **more}
        name = f"machine-{len(self.client.list_state_machines()['stateMachines'])}"
        made = self.client.create_state_machine(name=name, definition=json.dumps(definition), roleArn=ROLE)
        return made["stateMachineArn"]

    def run(self, states: dict[str, Any], execution_input: Any = None, **more: Any) -> dict[str, Any]:
        """DescribeExecution's answer at the end, with the output parsed."""
        arn = self.make(states, **more)
        started = self.client.start_execution(stateMachineArn=arn, input=json.dumps(execution_input or {}))
        described = self._aws.wait_for_execution(started["executionArn"])
        if "output" in described:
            described["output"] = json.loads(described["output"])
        return described


@pytest.fixture
def machines(aws: InProcessAws) -> Machines:
    return Machines(aws)
