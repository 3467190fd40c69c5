"""HTTP Basic authentication: RFC 7617, both fields, and rotations that refuse nobody."""

from __future__ import annotations

import base64
from datetime import timedelta

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencing.adapters.clock import utc_now
from fencing.adapters.secrets import Credentials, Secret
from fencing.authentication import BasicAuthenticator
from fencing.errors import InvalidSecret, SecretUnavailable, Unauthorized
from local.aws import InProcessAws
from tests.unit.adapters.failing_clients import answer, error
from tests.unit.aws_resources import create_secret, rotate_secret
from tests.unit.builders import NOW


def basic(username: str, password: str, scheme: str = "Basic") -> str:
    return f"{scheme} {base64.b64encode(f'{username}:{password}'.encode()).decode()}"


RIGHT = basic("keycloak", "correct horse")


class Unasked(Secret):
    """Fails the test when somebody asks."""

    def __init__(self) -> None:
        pass

    def current(self) -> Credentials:
        raise AssertionError("Secrets Manager was asked for a header that isn't well formed.")


@pytest.mark.parametrize(
    "header",
    [
        "", " ", "Basic", "Basic ", "Bearer abc", "Digest username=keycloak", RIGHT.replace("Basic ", ""),
        f"{RIGHT},{RIGHT}", f"{RIGHT}, Bearer x", f" {RIGHT}", f"{RIGHT}\n", f"{RIGHT}\r\nX: y", f"{RIGHT}\x00",
        "Basic a2V5", "Basic !!!!", "Basic a2V5Y2xvYWs6cGFzcw", "Basic a2V5Y2xv=YWs6", "Basic ====",
        "Basic " + base64.b64encode(b"no colon").decode(), RIGHT.replace("Basic ", "Basic\u00a0"), "Bаsic " + RIGHT[6:],
        "Basic " + "QUFB" * 2000, basic("keycloak", "correct horse").replace("Basic", "\u212basic"),
    ],
    ids=lambda header: repr(header[:40]),
)  # fmt: skip
def test_a_header_that_is_not_well_formed_is_turned_away_without_asking_anybody(header: str) -> None:
    with pytest.raises(Unauthorized):
        BasicAuthenticator(Unasked()).authenticate(header)


@pytest.fixture
def arn(aws: InProcessAws) -> str:
    return create_secret()


@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC", "bAsIc "])
def test_the_right_credentials_are_accepted_with_the_scheme_in_any_case(arn: str, scheme: str) -> None:
    BasicAuthenticator(Secret(arn, utc_now)).authenticate(basic("keycloak", "correct horse", scheme))


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("keycloak", "wrong"), ("wrong", "correct horse"), ("keycloak", ""), ("", "correct horse"), ("", ""),
        ("Keycloak", "correct horse"), ("keycloak", "correct horse "), ("keycloak", "correct%20horse"),
        ("keycloak", "correct hors"), ("keycloak:", "correct horse"), ("correct horse", "keycloak"),
    ],
)  # fmt: skip
def test_one_right_field_is_not_enough(arn: str, username: str, password: str) -> None:
    with pytest.raises(Unauthorized) as wrong:
        BasicAuthenticator(Secret(arn, utc_now)).authenticate(basic(username, password))
    with pytest.raises(Unauthorized) as missing:
        BasicAuthenticator(Secret(arn, utc_now)).authenticate("")
    assert str(wrong.value) == str(missing.value)


@pytest.mark.parametrize("password", ["with:colon", ":", "Passwörter €", "日本語", "%41", "a\x00b"])
def test_passwords_are_compared_as_bytes_colons_and_utf_8_included(aws: InProcessAws, password: str) -> None:
    authenticator = BasicAuthenticator(Secret(create_secret("kéycloak", password), utc_now))
    authenticator.authenticate(basic("kéycloak", password))
    with pytest.raises(Unauthorized):
        authenticator.authenticate(basic("kéycloak", password + "x"))


class Known(Secret):
    """Credentials that need no Secrets Manager."""

    def __init__(self) -> None:
        pass

    def current(self) -> Credentials:
        return Credentials("keycloak", "correct horse")

    def previous(self) -> None:
        return None

    def refresh(self) -> None:
        """There is nothing newer."""


@given(header=st.text() | st.binary().map(lambda raw: "Basic " + base64.b64encode(raw).decode()))
def test_no_header_but_the_right_one_opens_the_door(header: str) -> None:
    with pytest.raises(Unauthorized):
        BasicAuthenticator(Known()).authenticate(header)


def test_during_a_rotation_nobody_is_refused(arn: str) -> None:
    now = [NOW]
    authenticator = BasicAuthenticator(Secret(arn, lambda: now[0]))
    old = RIGHT
    for password in ("second", "third"):
        new = basic("keycloak", password)
        authenticator.authenticate(old)
        rotate_secret(arn, password=password)
        for header in (old, new, old, new):
            authenticator.authenticate(header)
        old = new
        now[0] += timedelta(seconds=5)


def test_after_two_rotations_the_oldest_credentials_are_refused(arn: str) -> None:
    rotate_secret(arn, password="second")
    rotate_secret(arn, password="third")
    authenticator = BasicAuthenticator(Secret(arn, utc_now))
    authenticator.authenticate(basic("keycloak", "second"))
    with pytest.raises(Unauthorized):
        authenticator.authenticate(RIGHT)


def test_however_many_wrong_passwords_arrive_secrets_manager_is_asked_a_few_times(arn: str) -> None:
    client = boto3.client("secretsmanager")
    requests = answer(client, "GetSecretValue", None)
    authenticator = BasicAuthenticator(Secret(arn, utc_now, client))
    for number in range(200):
        with pytest.raises(Unauthorized):
            authenticator.authenticate(basic("keycloak", f"guess-{number}"))
    assert requests() <= 4


def test_with_secrets_manager_down_the_known_credentials_still_open_and_wrong_ones_still_do_not(arn: str) -> None:
    client = boto3.client("secretsmanager")
    requests = answer(client, "GetSecretValue", None, error("InternalServiceError", 500))
    authenticator = BasicAuthenticator(Secret(arn, utc_now, client))
    authenticator.authenticate(RIGHT)
    for _ in range(50):
        with pytest.raises(Unauthorized):
            authenticator.authenticate(basic("keycloak", "wrong"))
    authenticator.authenticate(RIGHT)
    assert requests() < 20


def test_without_any_known_value_nobody_can_say(arn: str) -> None:
    client = boto3.client("secretsmanager")
    answer(client, "GetSecretValue", error("InternalServiceError", 500))
    with pytest.raises(SecretUnavailable):
        BasicAuthenticator(Secret(arn, utc_now, client)).authenticate(RIGHT)


@pytest.mark.parametrize("text", ["", "{}", '{"username": "", "password": ""}', "keycloak"])
def test_an_empty_or_malformed_secret_is_never_an_open_door(aws: InProcessAws, text: str) -> None:
    made = boto3.client("secretsmanager").create_secret(Name="odd", SecretString=text or " ")
    for header in (basic("", ""), basic("keycloak", ""), RIGHT):
        with pytest.raises(InvalidSecret):
            BasicAuthenticator(Secret(made["ARN"], utc_now)).authenticate(header)
