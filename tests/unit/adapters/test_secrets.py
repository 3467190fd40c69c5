"""Credentials from Secrets Manager: kept, renewed, rotated, and never shown."""

from __future__ import annotations

import traceback
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError

from fencing.adapters.secrets import Credentials, Secret
from fencing.errors import AccessDenied, FencingError, InvalidSecret, RequestRefused, SecretUnavailable
from local.aws import InProcessAws
from tests.unit.adapters.failing_clients import Answer, answer, error
from tests.unit.aws_resources import create_secret, rotate_secret
from tests.unit.logged import Logged

DOWN = EndpointConnectionError(endpoint_url="https://secretsmanager.us-west-2.amazonaws.com")
OLD, NEW = Credentials("keycloak", "old"), Credentials("keycloak", "new")

pytestmark = pytest.mark.usefixtures("aws")


class Clock:
    """Seconds that pass only when a test says so."""

    def __init__(self) -> None:
        self.seconds = 1_000_000.0

    def __call__(self) -> float:
        return self.seconds

    def advance(self, seconds: float) -> None:
        self.seconds += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def arn(aws: InProcessAws) -> str:
    return create_secret(password="old")


def test_the_current_version_is_read_and_there_is_no_previous_one_at_first(arn: str) -> None:
    secret = Secret(arn)
    assert secret.current() == OLD
    assert secret.previous() is None


def test_after_a_rotation_both_versions_are_told_apart(arn: str) -> None:
    rotate_secret(arn, password="new")
    secret = Secret(arn)
    assert (secret.previous(), secret.current()) == (OLD, NEW)
    assert (secret.previous(), secret.current()) == (OLD, NEW)


def test_a_value_is_kept_for_minutes_then_renewed(arn: str, clock: Clock) -> None:
    secret = Secret(arn, clock=clock)
    secret.current()
    rotate_secret(arn, password="new")
    clock.advance(299)
    assert secret.current() == OLD
    clock.advance(2)
    assert (secret.current(), secret.previous()) == (NEW, OLD)


def test_a_refresh_sees_a_rotation_at_once_even_right_after_a_read(arn: str, clock: Clock) -> None:
    secret = Secret(arn, clock=clock)
    assert (secret.current(), secret.previous()) == (OLD, None)
    rotate_secret(arn, password="new")
    assert secret.refreshed()
    assert (secret.current(), secret.previous()) == (NEW, OLD)


def test_the_previous_version_follows_when_the_current_one_was_renewed_by_age(arn: str, clock: Clock) -> None:
    secret = Secret(arn, clock=clock)
    clock.advance(250)
    assert (secret.current(), secret.previous()) == (OLD, None)
    rotate_secret(arn, password="new")
    clock.advance(301)
    assert (secret.current(), secret.previous()) == (NEW, OLD)


def test_a_previous_version_that_was_revoked_is_forgotten_within_minutes(arn: str, clock: Clock) -> None:
    rotate_secret(arn, password="new")
    secret = Secret(arn, clock=clock)
    assert (secret.current(), secret.previous()) == (NEW, OLD)
    client = boto3.client("secretsmanager")
    versions = client.list_secret_version_ids(SecretId=arn, IncludeDeprecated=True)["Versions"]
    (previous,) = (v["VersionId"] for v in versions if "AWSPREVIOUS" in v.get("VersionStages", []))
    client.update_secret_version_stage(SecretId=arn, VersionStage="AWSPREVIOUS", RemoveFromVersionId=previous)
    clock.advance(301)
    assert (secret.current(), secret.previous()) == (NEW, None)


def test_however_many_refreshes_are_asked_for_one_in_five_seconds_is_made(arn: str, clock: Clock) -> None:
    client = boto3.client("secretsmanager")
    secret = Secret(arn, client, clock)
    secret.current()
    requests = answer(client, "GetSecretValue", None)
    assert [secret.refreshed() for _ in range(100)] == [True] + [False] * 99
    assert requests() == 1
    clock.advance(5)
    assert secret.refreshed()


def down(client: Any, answered: Answer = DOWN) -> None:
    answer(client, "GetSecretValue", answered)


@pytest.mark.parametrize("answered", [DOWN, error("InternalServiceError", 500), error("ThrottlingException")], ids=str)
def test_with_secrets_manager_down_the_last_known_values_are_used_and_the_log_says_so(
    arn: str, clock: Clock, answered: Answer, logged: Logged
) -> None:
    rotate_secret(arn, password="new")
    client = boto3.client("secretsmanager")
    secret = Secret(arn, client, clock)
    assert (secret.current(), secret.previous()) == (NEW, OLD)
    down(client, answered)
    clock.advance(10_000)
    assert secret.current() == NEW
    assert secret.previous() == OLD
    assert "secret not renewed" in logged.text


@pytest.mark.parametrize(
    ("answered", "raised"),
    [
        (DOWN, SecretUnavailable),
        (error("InternalServiceError", 500), SecretUnavailable),
        (error("AccessDeniedException"), AccessDenied),
        (error("ResourceNotFoundException"), RequestRefused),
        (error("DecryptionFailure"), RequestRefused),
    ],
)
def test_without_any_known_value_it_is_an_error(
    arn: str, clock: Clock, answered: Answer, raised: type[FencingError]
) -> None:
    client = boto3.client("secretsmanager")
    down(client, answered)
    with pytest.raises(raised):
        Secret(arn, client, clock).current()


def test_without_any_known_value_a_down_service_is_not_asked_for_each_request(arn: str, clock: Clock) -> None:
    client = boto3.client("secretsmanager")
    secret = Secret(arn, client, clock)
    requests = answer(client, "GetSecretValue", error("InvalidRequestException"), None)
    for _ in range(50):
        with pytest.raises(RequestRefused):
            secret.current()
    assert requests() == 1
    clock.advance(5)
    assert secret.current() == OLD


def test_a_previous_version_that_cannot_be_read_is_nobodys_and_is_not_asked_for_again_and_again(
    arn: str, clock: Clock
) -> None:
    client = boto3.client("secretsmanager")
    secret = Secret(arn, client, clock)
    secret.current()
    requests = answer(client, "GetSecretValue", error("AccessDeniedException"))
    assert [secret.previous() for _ in range(50)] == [None] * 50
    assert requests() == 1


SECRET_TEXT = "hunter2-hunter2"


@pytest.mark.parametrize(
    "malformed",
    [
        SECRET_TEXT, f'{{"username": "keycloak", "password": "{SECRET_TEXT}"', f'"{SECRET_TEXT}"', f'["{SECRET_TEXT}"]',
        f'{{"username": "{SECRET_TEXT}"}}', f'{{"username": "keycloak", "password": ["{SECRET_TEXT}"]}}',
        f'{{"username": "", "password": "{SECRET_TEXT}"}}', f'{{"username": "{SECRET_TEXT}", "password": ""}}',
        f'{{"Username": "keycloak", "Password": "{SECRET_TEXT}"}}', "{}", "null", "[" * 100_000,
        f'{{"username": 1, "password": "{SECRET_TEXT}"}}',
    ],
    ids=lambda text: text[:40],
)  # fmt: skip
def test_a_malformed_secret_is_an_error_that_shows_nothing_of_it(aws: InProcessAws, malformed: str) -> None:
    made = boto3.client("secretsmanager").create_secret(Name="malformed", SecretString=malformed)
    with pytest.raises(InvalidSecret) as caught:
        Secret(made["ARN"]).current()
    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value.args)
    assert SECRET_TEXT not in told
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert '{"username": ..., "password": ...}' in str(caught.value)


def test_a_binary_secret_is_malformed(aws: InProcessAws) -> None:
    made = boto3.client("secretsmanager").create_secret(
        Name="binary", SecretBinary=b'{"username": "a", "password": "b"}'
    )
    with pytest.raises(InvalidSecret):
        Secret(made["ARN"]).current()


def test_a_version_that_became_malformed_leaves_the_last_good_one_in_use_and_is_logged(
    arn: str, clock: Clock, logged: Logged
) -> None:
    secret = Secret(arn, clock=clock)
    secret.current()
    boto3.client("secretsmanager").put_secret_value(SecretId=arn, SecretString="plain text")
    clock.advance(301)
    assert secret.current() == OLD
    assert "secret not renewed" in logged.text
    assert "plain text" not in logged.text


def test_a_malformed_previous_version_is_nobodys(aws: InProcessAws) -> None:
    client = boto3.client("secretsmanager")
    arn = client.create_secret(Name="corrected", SecretString="plain text")["ARN"]
    rotate_secret(arn, password="new")
    secret = Secret(arn)
    assert (secret.current(), secret.previous()) == (NEW, None)


def test_credentials_show_neither_name_nor_password() -> None:
    assert repr(Credentials("keycloak", "old")) == "Credentials()"
