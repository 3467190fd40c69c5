"""One execution per alert and five minutes, whatever happened to an earlier one."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencing.adapters.aws import CLIENT_CONFIG
from fencing.adapters.executions import Executions, execution_name
from fencing.errors import AccessDenied, AlertExhausted, DependencyUnavailable, RequestRefused
from local.aws import InProcessAws
from tests.unit.adapters.failing_clients import answer, error
from tests.unit.aws_resources import create_state_machine
from tests.unit.builders import NOW, alert

FAILING = {"StartAt": "End", "States": {"End": {"Type": "Fail", "Error": "Refused", "Cause": "for the test"}}}
WAITING = {
    "StartAt": "Wait",
    "States": {"Wait": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "End": True,
               "Parameters": {"FunctionName": "none", "Payload": {"token.$": "$$.Task.Token"}}}},
}  # fmt: skip
SITE_NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}", fullmatch=True)


def ended(aws: InProcessAws, arn: str) -> list[dict[str, Any]]:
    """The machine's executions, once all have ended."""
    found = boto3.client("stepfunctions").list_executions(stateMachineArn=arn)["executions"]
    return [aws.wait_for_execution(execution["executionArn"]) for execution in found]


def test_an_alert_starts_one_execution_with_the_alert_as_its_input(aws: InProcessAws) -> None:
    arn = create_state_machine()
    name = Executions(arn).start(alert(), NOW)
    (execution,) = ended(aws, arn)
    assert execution["name"] == name
    assert json.loads(execution["input"]) == {
        "alert": {
            "accelerator": "a3da6a6cbd4e27b02.awsglobalaccelerator.com",
            "reporter": "site-a",
            "site": "site-b",
            "starts_at": "2026-11-22T18:32:38.147Z",
            "fingerprint": "fefb802a49f43793",
        }
    }


@pytest.mark.parametrize("definition", [None, WAITING], ids=["succeeded", "running"])
def test_the_same_alert_again_is_the_same_execution(aws: InProcessAws, definition: dict[str, Any] | None) -> None:
    arn = create_state_machine(definition)
    executions = Executions(arn)
    first = executions.start(alert(), NOW)
    if definition is None:
        ended(aws, arn)
    assert executions.start(alert(), NOW + timedelta(seconds=5)) == first
    assert len(boto3.client("stepfunctions").list_executions(stateMachineArn=arn)["executions"]) == 1


def test_many_deliveries_in_parallel_are_one_execution(aws: InProcessAws) -> None:
    arn = create_state_machine()
    executions = Executions(arn)
    with ThreadPoolExecutor(8) as pool:
        names = set(pool.map(lambda _: executions.start(alert(), NOW), range(40)))
    assert {execution["name"] for execution in ended(aws, arn)} == names
    assert len(names) == 1


def test_a_repeat_minutes_later_starts_another_one(aws: InProcessAws) -> None:
    arn = create_state_machine()
    executions = Executions(arn)
    names = {executions.start(alert(), NOW + timedelta(minutes=minutes)) for minutes in (0, 5, 10)}
    assert {execution["name"] for execution in ended(aws, arn)} == names
    assert len(names) == 3


def test_a_failed_execution_does_not_block_the_next_delivery(aws: InProcessAws) -> None:
    arn = create_state_machine(FAILING)
    executions = Executions(arn)
    first = executions.start(alert(), NOW)
    ended(aws, arn)
    second = executions.start(alert(), NOW)
    assert second == f"{first}-2"
    assert {execution["name"] for execution in ended(aws, arn)} == {first, second}


def test_an_alert_that_keeps_failing_is_given_up_until_the_next_bucket(aws: InProcessAws) -> None:
    client = boto3.client("stepfunctions", config=CLIENT_CONFIG)
    starts = answer(client, "StartExecution", *[error("ExecutionAlreadyExists")] * 10, None)
    answer(client, "DescribeExecution", (200, b'{"status": "TIMED_OUT"}'))
    executions = Executions(create_state_machine(), client)
    with pytest.raises(AlertExhausted, match="10 executions for this alert have failed"):
        executions.start(alert(), NOW)
    assert starts() == 10
    assert executions.start(alert(), NOW + timedelta(minutes=5)) == execution_name(alert(), NOW + timedelta(minutes=5))


@pytest.mark.parametrize(
    ("code", "status", "raised"),
    [
        ("InternalFailure", 500, DependencyUnavailable),
        ("ThrottlingException", 400, DependencyUnavailable),
        ("AccessDeniedException", 400, AccessDenied),
        ("StateMachineDoesNotExist", 400, RequestRefused),
    ],
)
def test_step_functions_that_fails(aws: InProcessAws, code: str, status: int, raised: type[Exception]) -> None:
    for operation in ("StartExecution", "DescribeExecution"):
        client = boto3.client("stepfunctions", config=CLIENT_CONFIG)
        executions = Executions(create_state_machine(), client)
        if operation == "DescribeExecution":
            executions.start(alert(), NOW)
            answer(client, "StartExecution", error("ExecutionAlreadyExists"))
        answer(client, operation, error(code, status))
        with pytest.raises(raised, match="starting the execution"):
            executions.start(alert(), NOW)


def test_different_alerts_have_different_names() -> None:
    alerts = [
        alert(),
        alert("site-b", "site-a"),
        alert(starts_at="2026-11-22T18:32:39Z"),
        alert(fingerprint="0123456789abcdef"),
        alert(accelerator="a1.awsglobalaccelerator.com"),
        alert("s" * 20 + "1", "s" * 20 + "2"),
        alert("s" * 20 + "2", "s" * 20 + "1"),
    ]
    assert len({execution_name(found, NOW) for found in alerts}) == len(alerts)


def test_an_alert_slightly_from_the_future_has_a_name_too() -> None:
    assert execution_name(alert(), datetime.fromisoformat("2026-11-22T18:30:00Z")).endswith("-0")


@given(
    reporter=SITE_NAMES,
    site=SITE_NAMES,
    starts_at=st.datetimes(min_value=datetime(1, 1, 2)),  # noqa: DTZ001 (drawn as local time, written as UTC)
    later=st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=3650)),
)
def test_every_name_is_one_that_step_functions_and_cloudwatch_take(
    reporter: str, site: str, starts_at: datetime, later: timedelta
) -> None:
    if reporter == site:
        return
    found = alert(reporter, site, starts_at=starts_at.isoformat() + "+00:00")
    name = execution_name(found, NOW + later)
    assert re.fullmatch(r"[0-9A-Za-z_-]{1,77}", name), "three characters are left for a number"
    assert execution_name(found, NOW + later) == name
