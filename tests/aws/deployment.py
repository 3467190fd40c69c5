"""The application as an operator deploys it: from empty, by `sam build` and `sam deploy`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import urllib3

from local.sam import cli as sam
from local.sam.build import built_application
from local.scenarios.alertmanager import FiringAlert
from tests.aws.account import Account
from tests.aws.surroundings.deployed import Surroundings

NAME = "application"
ENDED_SECONDS = 300.0


@dataclass(frozen=True)
class Answer:
    """What the webhook answered. `body` is the parsed JSON; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: Mapping[str, Any]


@dataclass(frozen=True)
class Deployment:
    """The application's stack, in its surroundings."""

    surroundings: Surroundings
    outputs: Mapping[str, str]

    @classmethod
    def of(cls, surroundings: Surroundings) -> Deployment:
        """Deploy it; its topic tells the surroundings' inbox.

        Raises:
            SamFailed: sam says no; the message says why.
        """
        made = cls(surroundings, deploy(surroundings, {}))
        made.account.client("sns").subscribe(
            TopicArn=made.outputs["NotificationTopicArn"], Protocol="sqs", Endpoint=surroundings.outputs["InboxArn"]
        )
        return made

    @property
    def account(self) -> Account:
        return self.surroundings.account

    def credentials(self) -> tuple[str, str]:
        """The user name and password that the webhook's secret holds now."""
        found = self.account.client("secretsmanager").get_secret_value(SecretId=self.outputs["WebhookSecretArn"])
        secret = json.loads(found["SecretString"])
        return secret["username"], secret["password"]

    def post(self, body: bytes, credentials: tuple[str, str] | None) -> Answer:
        """Post to the webhook, as Alertmanager does."""
        login = {} if credentials is None else urllib3.make_headers(basic_auth=":".join(credentials))
        response = urllib3.request(
            "POST",
            self.outputs["WebhookUrl"],
            body=body,
            headers={**login, "Content-Type": "application/json"},
            timeout=60,
            retries=False,
        )
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status, headers, response.json())

    def alert(self, reporter: str, site: str) -> list[str]:
        """`reporter` says that `site` is gone; the names of the executions that were started."""
        body = FiringAlert(reporter, site, self.surroundings.accelerator).body(datetime.now(UTC))
        answer = self.post(body, self.credentials())
        assert answer.status == 202, answer
        return [started["execution"] for started in answer.body["executions"]]

    def outcome_of(self, execution: str) -> dict[str, Any]:
        """How an execution has ended: its status, and the outcome that it tells, or its error and cause."""
        arn = f"{self.outputs['StateMachineArn'].replace(':stateMachine:', ':execution:')}:{execution}"
        client = self.account.client("stepfunctions")
        ended = self.account.eventually(
            lambda: client.describe_execution(executionArn=arn), lambda seen: seen["status"] != "RUNNING", ENDED_SECONDS
        )
        told = (
            json.loads(ended["output"]) if "output" in ended else {"code": ended["error"], "sentence": ended["cause"]}
        )
        return {"status": ended["status"], **told}


def deploy(surroundings: Surroundings, changes: Mapping[str, str], name: str = NAME) -> dict[str, str]:
    """`sam build`, if a source has changed, and `sam deploy`; the stack's outputs.

    `changes` are parameters besides those that follow from the surroundings. Raises SamFailed.
    """
    parameters = {
        "SiteA": "site-a",
        "SiteAInfinispanUrl": surroundings.infinispan_urls["site-a"].rstrip("/"),
        "SiteB": "site-b",
        "SiteBInfinispanUrl": surroundings.infinispan_urls["site-b"].rstrip("/"),
        "InfinispanCaCertificate": surroundings.ca_certificate,
        "InfinispanSecretArn": surroundings.outputs["InfinispanSecretArn"],
        "AcceleratorDnsNames": surroundings.accelerator,
        "LogRetentionDays": "7",
        **changes,
    }
    with built_application():
        return surroundings.account.deploy(name, sam.BUILD_DIRECTORY, parameters)
