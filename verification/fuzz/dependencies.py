"""Secrets Manager and Step Functions in memory, as the webhook's two clients see them: fast, countable, breakable."""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError

from verification.fuzz.corpus import DNS_NAME, PASSWORD, SITES, USERNAME

NAME = re.compile(r"[A-Za-z0-9_-]{1,80}", re.ASCII)
EXPECTED_FIELDS = {"accelerator", "reporter", "site", "starts_at", "fingerprint"}
LATEST = datetime.now(UTC) + timedelta(hours=12)
REMEMBERED_EXECUTIONS = 1_000


class Outage:
    """What is down for the next request; `met` says whether that request noticed."""

    def __init__(self) -> None:
        self._service: str | None = None
        self.met = False

    def plan(self, service: str | None) -> None:
        self._service, self.met = service, False

    def meet(self, service: str, operation: str) -> None:
        """Fail as that service does, in one of two ways."""
        if service != self._service:
            return
        self.met = True
        if operation == "StartExecution":
            raise ReadTimeoutError(endpoint_url="https://states.us-west-2.amazonaws.com/")
        raise ClientError({"Error": {"Code": "InternalServiceError", "Message": "Try again."}}, operation)


class SecretsManager:
    """One secret, without an earlier version."""

    def __init__(self, outage: Outage) -> None:
        self.calls = 0
        self._outage = outage

    def get_secret_value(self, *, SecretId: str, VersionStage: str) -> dict[str, Any]:  # noqa: N803  (boto3's names)
        self.calls += 1
        self._outage.meet("secretsmanager", "GetSecretValue")
        if VersionStage != "AWSCURRENT":
            raise ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": "None."}}, "GetSecretValue")
        return {"SecretString": json.dumps({"username": USERNAME, "password": PASSWORD})}


class StepFunctions:
    """Executions that never end. What is asked of it must be exactly what the workflow expects."""

    def __init__(self, outage: Outage) -> None:
        self.started = 0
        self.asked: list[str] = []
        """The names that were asked for since this was last emptied."""
        self._outage = outage
        self._inputs: OrderedDict[str, str] = OrderedDict()

    def start_execution(self, *, stateMachineArn: str, name: str, input: str) -> dict[str, Any]:  # noqa: N803
        self._outage.meet("stepfunctions", "StartExecution")
        self.asked.append(name)
        check_execution(name, input)
        if self._inputs.setdefault(name, input) != input:
            raise ClientError({"Error": {"Code": "ExecutionAlreadyExists", "Message": "Exists."}}, "StartExecution")
        self._inputs.move_to_end(name)
        self.started += 1
        if len(self._inputs) > REMEMBERED_EXECUTIONS:
            self._inputs.popitem(last=False)
        return {"executionArn": f"{stateMachineArn}:{name}"}

    def describe_execution(self, *, executionArn: str) -> dict[str, Any]:  # noqa: N803
        self._outage.meet("stepfunctions", "DescribeExecution")
        return {"status": "RUNNING"}


def check_execution(name: str, document: str) -> None:
    """Fail unless this may reach the workflow: strict grammars, our sites, our accelerator, and nothing else."""
    assert NAME.fullmatch(name), f"execution name {name!r}"
    given = json.loads(document)
    assert given.keys() == {"alert"}, document
    alert = given["alert"]
    assert alert.keys() == EXPECTED_FIELDS, document
    assert {alert["reporter"], alert["site"]} == set(SITES), document
    assert alert["accelerator"] in {DNS_NAME, DNS_NAME.replace(".", ".dualstack.", 1)}, document
    assert re.fullmatch("[0-9a-f]{16}", alert["fingerprint"], re.ASCII), document
    assert re.fullmatch(r"[0-9TZ:.+-]{20,35}", alert["starts_at"], re.ASCII), document
    assert datetime.fromisoformat(alert["starts_at"]) < LATEST, document
