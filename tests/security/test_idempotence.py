"""Many deliveries of one alert, as two Alertmanagers and their retries make them, against Step Functions itself."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest

from fencing.adapters.executions import Executions
from fencing.alert import Alert
from local.aws import in_process_aws
from verification.fuzz.corpus import DNS_NAME

DELIVERIES = 200
STARTS_AT = "2026-11-22T18:32:38.147Z"
NOW = datetime.fromisoformat(STARTS_AT) + timedelta(seconds=20)
ALERT = Alert(DNS_NAME, "site-a", "site-b", STARTS_AT, "fefb802a49f43793")
WAITS = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 600, "End": True}}}
SUCCEEDS = {"StartAt": "Succeed", "States": {"Succeed": {"Type": "Succeed"}}}
FAILS = {"StartAt": "Fail", "States": {"Fail": {"Type": "Fail", "Error": "Refused", "Cause": "No."}}}


class Machine:
    """A state machine in an account of this process."""

    def __init__(self, definition: dict[str, Any]) -> None:
        self._client = boto3.client("stepfunctions")
        role = "arn:aws:iam::123456789012:role/machine"
        made = self._client.create_state_machine(name="fence", definition=json.dumps(definition), roleArn=role)
        self._arn = made["stateMachineArn"]
        self.executions = Executions(self._arn, self._client)

    def started(self) -> list[str]:
        return [found["name"] for found in self._client.list_executions(stateMachineArn=self._arn)["executions"]]

    def wait_for(self, name: str) -> None:
        self.aws.wait_for_execution(f"{self._arn.replace(':stateMachine:', ':execution:')}:{name}")

    aws: Any = None


@pytest.fixture
def machine(request: pytest.FixtureRequest) -> Iterator[Machine]:
    with in_process_aws({}) as aws:
        made = Machine(request.param)
        made.aws = aws
        yield made


@pytest.mark.parametrize("machine", [WAITS, SUCCEEDS], indirect=True, ids=["that runs", "that has succeeded"])
def test_simultaneous_deliveries_share_one_execution(machine):
    together = threading.Barrier(DELIVERIES)

    def deliver(_number: int) -> str:
        together.wait()
        return str(machine.executions.start(ALERT, NOW))

    with ThreadPoolExecutor(DELIVERIES) as pool:
        [name] = set(pool.map(deliver, range(DELIVERIES)))
    assert machine.started() == [name]


@pytest.mark.parametrize("machine", [SUCCEEDS], indirect=True)
def test_a_repeat_minutes_later_starts_another_one(machine):
    first = machine.executions.start(ALERT, NOW)
    machine.wait_for(first)
    assert machine.executions.start(ALERT, NOW + timedelta(minutes=1)) == first
    second = machine.executions.start(ALERT, NOW + timedelta(minutes=5))
    assert second != first
    assert set(machine.started()) == {first, second}


@pytest.mark.parametrize("machine", [FAILS], indirect=True)
def test_a_failed_execution_does_not_block_the_next_delivery(machine):
    names = []
    for _ in range(4):
        names.append(machine.executions.start(ALERT, NOW))
        machine.wait_for(names[-1])
    assert names == [names[0], f"{names[0]}-2", f"{names[0]}-3", f"{names[0]}-4"]
    assert set(machine.started()) == set(names)
