"""Executions of the state machine: one per alert, and another one for a later repeat of it."""

import hashlib
import json
import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError

from fencing.adapters.aws import CLIENT_CONFIG, aws_errors, error_code
from fencing.alert import Alert
from fencing.errors import AlertExhausted, DependencyUnavailable

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

# Shorter than, or as long as, Alertmanager's repeat_interval: each repeat must re-assert the fence.
_BUCKET = timedelta(minutes=5)
_MAX_STARTS_PER_BUCKET = 10
_MAX_SITE_LENGTH = 20
_RUNNING_OR_DONE = {"RUNNING", "SUCCEEDED", "PENDING_REDRIVE"}


def execution_name(alert: Alert, now: datetime) -> str:
    """Name the execution for an alert: the same for all deliveries within five minutes, counted from its start.

    StartExecution is idempotent by name: two Alertmanagers and their retries start one execution, a repeat a new one.
    """
    digest = hashlib.sha256(json.dumps(alert.to_state(), sort_keys=True).encode()).hexdigest()[:16]
    bucket = max(timedelta(0), now - datetime.fromisoformat(alert.starts_at)) // _BUCKET
    return f"{_plain(alert.reporter)}-{_plain(alert.offline_site)}-{digest}-{bucket}"


def _plain(site: str) -> str:
    """CloudWatch takes only these characters in the name of an execution, of which there may be 80."""
    return re.sub(r"[^A-Za-z0-9_-]", "-", site[:_MAX_SITE_LENGTH])


class Executions:
    """The stack's state machine, as the webhook sees it."""

    def __init__(self, state_machine_arn: str, client: "SFNClient | None" = None) -> None:
        self._arn = state_machine_arn
        self._client = client or boto3.client("stepfunctions", config=CLIENT_CONFIG)

    def start(self, alert: Alert, now: datetime) -> str:
        """Start an execution for the alert, unless one runs or has succeeded already; return its name.

        A failed one doesn't count: its name is taken for 90 days, so the next gets a number.

        Raises:
            AlertExhausted: the alert's executions keep failing.
            DependencyUnavailable: Step Functions doesn't answer.
            AccessDenied, RequestRefused: see `aws_errors`.
        """
        first = execution_name(alert, now)
        for name in (first, *(f"{first}-{number}" for number in range(2, _MAX_STARTS_PER_BUCKET + 1))):
            with aws_errors(DependencyUnavailable, "starting the execution"):
                is_new = self._start(name, alert)
                if is_new or self._status(name) in _RUNNING_OR_DONE:
                    return name
        raise AlertExhausted(f"{_MAX_STARTS_PER_BUCKET} executions for this alert have failed: {first}.")

    def _start(self, name: str, alert: Alert) -> bool:
        """Return False when the name is taken, and nothing was started."""
        document = json.dumps({"alert": alert.to_state()}, sort_keys=True)
        try:
            self._client.start_execution(stateMachineArn=self._arn, name=name, input=document)
        except ClientError as error:
            if error_code(error) == "ExecutionAlreadyExists":
                return False
            raise
        return True

    def _status(self, name: str) -> str:
        arn = f"{self._arn.replace(':stateMachine:', ':execution:')}:{name}"
        return self._client.describe_execution(executionArn=arn)["status"]
