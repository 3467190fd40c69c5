"""The watch can find something: a secret in each form, in each place where a run writes."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import boto3
import pytest
from moto.awslambda.models import LambdaFunction

from fencing.observability import logger
from local.aws import InProcessAws, in_process_aws
from local.aws.lambda_runtime.logs import LogStream
from tests.security.leaks.watch import WATCH, Watch

USERNAME, PASSWORD = "alertmanager", 'correct "horse" battery'
PAIR = base64.b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode()
SECRET = json.dumps({"username": USERNAME, "password": PASSWORD})
ROLE = "arn:aws:iam::123456789012:role/machine"


@pytest.fixture
def aws() -> Iterator[InProcessAws]:
    with in_process_aws({}) as account:
        boto3.client("secretsmanager").create_secret(Name="webhook", SecretString=SECRET)
        yield account


def in_a_log_line(_aws: InProcessAws, _directory: Path) -> None:
    logger.warning("request rejected", password=PASSWORD)


def in_a_traceback(_aws: InProcessAws, _directory: Path) -> None:
    try:
        int(PAIR)
    except ValueError:
        logger.exception("request not served")


def in_a_line_of_a_process(_aws: InProcessAws, directory: Path) -> None:
    function = SimpleNamespace(
        logs_group_name="/webhook", function_name="webhook", account_id="123456789012", region="us-west-2"
    )
    LogStream(cast(LambdaFunction, function), directory).write(f"Authorization: Basic {PAIR}".encode())


def in_a_history(aws: InProcessAws, _directory: Path) -> None:
    client = boto3.client("stepfunctions")
    definition = json.dumps({"StartAt": "End", "States": {"End": {"Type": "Succeed"}}})
    machine = client.create_state_machine(name="fence", definition=definition, roleArn=ROLE)["stateMachineArn"]
    started = client.start_execution(stateMachineArn=machine, input=json.dumps({"secret": PAIR}))
    aws.wait_for_execution(started["executionArn"])


def in_a_message(_aws: InProcessAws, _directory: Path) -> None:
    client = boto3.client("sns")
    client.publish(TopicArn=client.create_topic(Name="outcomes")["TopicArn"], Message=f"Refused: {PAIR}")


def in_an_event(_aws: InProcessAws, _directory: Path) -> None:
    boto3.client("events").put_events(Entries=[{"Source": "s", "DetailType": "t", "Detail": json.dumps({"a": PAIR})}])


@pytest.mark.parametrize(
    ("write", "told"),
    [
        (in_a_log_line, "A log line tells a secret"),
        (in_a_traceback, "A log line tells a secret"),
        (in_a_line_of_a_process, "A log line tells a secret"),
        (in_a_history, "An execution's history tells a secret"),
        (in_a_message, "A message tells a secret"),
        (in_an_event, "An event tells a secret"),
    ],
)
def test_a_run_that_writes_a_secret_down_fails(
    aws: InProcessAws, tmp_path: Path, write: Callable[[InProcessAws, Path], Any], told: str
) -> None:
    WATCH.check()
    write(aws, tmp_path)
    with pytest.raises(AssertionError, match=told):
        WATCH.check()


@pytest.mark.parametrize(
    "text",
    [
        PASSWORD,
        json.dumps({"given": PASSWORD}),
        PAIR,
        f'{{"headers": {{"x": "{PAIR.rstrip("=")}"}}}}',
        base64.b64encode(PASSWORD.encode()).decode(),
        "correct%20%22horse%22%20battery",
        "authorization: basic " + base64.b64encode(b"somebody:else").decode(),
    ],
)
def test_a_secret_is_found_in_every_form(text: str) -> None:
    watch = Watch()
    watch.secrets = lambda: [SECRET]
    watch.look("A line", f"before {text} after")
    with pytest.raises(AssertionError, match="A line tells a secret: before"):
        watch.check()
    watch.check()


@pytest.mark.parametrize(
    "text", ["This webhook needs HTTP Basic authentication with the credentials of its secret.", "old", ""]
)
def test_nothing_is_found_where_nothing_is_told(text: str) -> None:
    watch = Watch()
    watch.secrets = lambda: [SECRET, '{"username": "keycloak", "password": "old"}', "no JSON at all"]
    watch.look("A line", text)
    watch.check()
