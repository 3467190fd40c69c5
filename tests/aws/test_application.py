"""The whole way, in this order: the webhook, a split and a fence, restoring, deploying again, removing, and anew."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.aws import leftovers
from tests.aws.account import REGION
from tests.aws.deployment import NAME, Deployment, deploy
from tests.aws.surroundings.deployed import SITES, Surroundings
from tests.documents.commands import script_of
from tests.documents.shell import Shell

pytestmark = pytest.mark.aws

TOLD_SECONDS = 60.0
COUNTED_SECONDS = 420.0
NOTHING = json.dumps({"version": "4", "alerts": []}).encode()


def test_anybody_reaches_the_webhook_and_is_asked_who_it_is(deployment: Deployment):
    """A 403 would mean that AWS keeps them off: a public URL needs two permissions, which SAM gives it."""
    answer = deployment.post(NOTHING, None)
    assert answer.status == 401
    assert answer.headers["x-amzn-remapped-www-authenticate"].startswith("Basic realm=")


def test_the_previous_password_is_accepted_after_a_rotation(deployment: Deployment):
    old = deployment.credentials()
    assert deployment.post(NOTHING, old).status == 200
    new = {"username": old[0], "password": f"{old[1]}new"}
    secrets = deployment.account.client("secretsmanager")
    secrets.put_secret_value(SecretId=deployment.outputs["WebhookSecretArn"], SecretString=json.dumps(new))
    assert deployment.post(NOTHING, old).status == 200
    assert deployment.post(NOTHING, deployment.credentials()).status == 200


@pytest.mark.only_on_aws("moto has no metric filters that count")
@pytest.mark.parametrize(
    ("metric", "body", "password", "status"),
    [("RejectedRequests", b"no JSON", None, 400), ("WrongCredentials", NOTHING, "wrong", 401)],
)
def test_what_is_refused_is_counted(deployment: Deployment, metric: str, body: bytes, password: str, status: int):
    name, current = deployment.credentials()
    assert deployment.post(body, (name, password or current)).status == status
    client, now = deployment.account.client("cloudwatch"), datetime.now(UTC)

    def counted() -> float:
        points = client.get_metric_statistics(
            Namespace=f"site-fencing/{deployment.account.name(NAME)}",
            MetricName=metric,
            StartTime=now - timedelta(minutes=5),
            EndTime=now + timedelta(minutes=15),
            Period=60,
            Statistics=["Sum"],
        )["Datapoints"]
        return sum(point["Sum"] for point in points)

    deployment.account.eventually(counted, lambda seen: seen >= 1, COUNTED_SECONDS, every=15)


@dataclass(frozen=True)
class Split:
    """What came of two sites that accused each other at the same time."""

    codes: list[str]
    survivor: str
    fenced: str


@pytest.fixture(scope="module")
def split(deployment: Deployment, surroundings: Surroundings) -> Split:
    surroundings.cut()
    with ThreadPoolExecutor() as pool:
        started = [*pool.map(deployment.alert, SITES, reversed(SITES))]
    codes = [deployment.outcome_of(execution)["code"] for (execution,) in started]
    survivor = SITES[codes.index("Fenced")]
    return Split(codes, survivor, next(site for site in SITES if site != survivor))


def test_one_of_two_sites_survives(split: Split, surroundings: Surroundings):
    assert sorted(split.codes) == ["Fenced", "OtherSiteSurvives"]
    assert list(surroundings.endpoints()) == [split.survivor]
    assert surroundings.backups() == {split.survivor: "offline", split.fenced: "online"}


def test_both_outcomes_are_told_by_message_and_event(split: Split, surroundings: Surroundings):
    expected = sorted([("message", code) for code in split.codes] + [("event", code) for code in split.codes])
    told: list[tuple[str, str]] = []

    def look() -> list[tuple[str, str]]:
        told.extend(map(_told, surroundings.inbox()))
        return sorted(told)

    surroundings.account.eventually(look, lambda seen: seen == expected, TOLD_SECONDS)


def _told(document: dict[str, Any]) -> tuple[str, str]:
    if "detail" in document:
        return "event", document["detail"]["code"]
    return "message", document["Subject"].removeprefix("Site fencing: ")


def test_a_repeated_alert_changes_nothing(split: Split, deployment: Deployment, surroundings: Surroundings):
    (execution,) = deployment.alert(split.survivor, split.fenced)
    assert deployment.outcome_of(execution)["code"] == "FencedAlready"
    assert list(surroundings.endpoints()) == [split.survivor]


class Terminal(Shell):
    """bash with the account's credentials."""

    @property
    def environment(self) -> dict[str, str]:
        programs = super().environment["PATH"]
        return {**{name: value for name, value in os.environ.items() if not name.endswith("_REGION")}, "PATH": programs}


def test_the_runbook_restores_it(split: Split, deployment: Deployment, surroundings: Surroundings, tmp_path: Path):
    """It comes back with its own weight. There is no cluster, so Keycloak isn't stopped and started."""
    surroundings.heal()
    script = script_of("docs/operating.md", "Restoring a site")
    stack = deployment.account.name(NAME)
    Terminal(tmp_path, None).run(script.replace("STACK=site-fencing\n", f"STACK={stack}\n"))
    surroundings.wait_until_healthy()
    assert {site: one["Weight"] for site, one in surroundings.endpoints().items()} == {"site-a": 100, "site-b": 200}
    assert surroundings.backups() == dict.fromkeys(SITES, "online")


def test_deploying_again_changes_nothing(deployment: Deployment, surroundings: Surroundings):
    assert deploy(surroundings, {}) == deployment.outputs


def test_a_changed_parameter_takes_effect(deployment: Deployment, surroundings: Surroundings):
    """By ARN instead of by name: other permissions, and the function describes instead of listing."""
    arn = surroundings.endpoint_group.partition("/listener/")[0]
    assert deploy(surroundings, {"AcceleratorDnsNames": "", "AcceleratorArns": arn}) == deployment.outputs
    (execution,) = deployment.alert("site-a", "site-b")
    assert deployment.outcome_of(execution)["code"] == "FalseAlarm"


def test_the_stack_can_be_removed_and_deployed_again(deployment: Deployment, surroundings: Surroundings):
    """The table stays, and nothing else; log groups that Lambda or Step Functions make again aren't in the way."""
    account, name = deployment.account, deployment.account.name(NAME)
    account.sam("delete", "--stack-name", name, "--region", REGION, "--s3-bucket", account.bucket, "--no-prompts")
    left = [str(leftover) for leftover in leftovers.find(account, name) if leftover.what != "log group"]
    assert left == [f"table {deployment.outputs['FenceTableName']}"]
    outputs = deploy(surroundings, {})
    assert outputs["FenceTableName"] != deployment.outputs["FenceTableName"]
