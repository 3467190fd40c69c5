"""HTTP Basic authentication: RFC 7617, both fields, and rotations that refuse nobody."""

from __future__ import annotations

import base64

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencing.adapters.secrets import Credentials, Secret
from fencing.doorkeeper import Doorkeeper
from fencing.errors import InvalidSecret, SecretUnavailable, Unauthorized
from local.aws import InProcessAws
from tests.unit.adapters.failing_clients import answer, error
from tests.unit.aws_resources import create_secret, rotate_secret


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
        Doorkeeper(Unasked()).admit(header)


@pytest.fixture
def arn(aws: InProcessAws) -> str:
    return create_secret()


@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC", "bAsIc "])
def test_the_right_credentials_are_admitted_with_the_scheme_in_any_case(arn: str, scheme: str) -> None:
    Doorkeeper(Secret(arn)).admit(basic("keycloak", "correct horse", scheme))


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
        Doorkeeper(Secret(arn)).admit(basic(username, password))
    with pytest.raises(Unauthorized) as missing:
        Doorkeeper(Secret(arn)).admit("")
    assert str(wrong.value) == str(missing.value)


@pytest.mark.parametrize("password", ["with:colon", ":", "Passwörter €", "日本語", "%41", "a\x00b"])
def test_passwords_are_compared_as_bytes_colons_and_utf_8_included(aws: InProcessAws, password: str) -> None:
    doorkeeper = Doorkeeper(Secret(create_secret("kéycloak", password)))
    doorkeeper.admit(basic("kéycloak", password))
    with pytest.raises(Unauthorized):
        doorkeeper.admit(basic("kéycloak", password + "x"))


class Known(Secret):
    """Credentials that need no Secrets Manager."""

    def __init__(self) -> None:
        pass

    def current(self) -> Credentials:
        return Credentials("keycloak", "correct horse")

    def previous(self) -> None:
        return None

    def refreshed(self) -> bool:
        return False


@given(header=st.text() | st.binary().map(lambda raw: "Basic " + base64.b64encode(raw).decode()))
def test_no_header_but_the_right_one_opens_the_door(header: str) -> None:
    with pytest.raises(Unauthorized):
        Doorkeeper(Known()).admit(header)


def test_during_a_rotation_nobody_is_refused(arn: str) -> None:
    now = [0.0]
    doorkeeper = Doorkeeper(Secret(arn, clock=lambda: now[0]))
    old = RIGHT
    for password in ("second", "third"):
        new = basic("keycloak", password)
        doorkeeper.admit(old)
        rotate_secret(arn, password=password)
        for header in (old, new, old, new):
            doorkeeper.admit(header)
        old = new
        now[0] += 5


def test_after_two_rotations_the_oldest_credentials_are_refused(arn: str) -> None:
    rotate_secret(arn, password="second")
    rotate_secret(arn, password="third")
    doorkeeper = Doorkeeper(Secret(arn))
    doorkeeper.admit(basic("keycloak", "second"))
    with pytest.raises(Unauthorized):
        doorkeeper.admit(RIGHT)


def test_however_many_wrong_passwords_arrive_secrets_manager_is_asked_a_few_times(arn: str) -> None:
    client = boto3.client("secretsmanager")
    requests = answer(client, "GetSecretValue", None)
    doorkeeper = Doorkeeper(Secret(arn, client))
    for number in range(200):
        with pytest.raises(Unauthorized):
            doorkeeper.admit(basic("keycloak", f"guess-{number}"))
    assert requests() <= 4


def test_with_secrets_manager_down_the_known_credentials_still_open_and_wrong_ones_still_do_not(arn: str) -> None:
    client = boto3.client("secretsmanager")
    requests = answer(client, "GetSecretValue", None, error("InternalServiceError", 500))
    doorkeeper = Doorkeeper(Secret(arn, client))
    doorkeeper.admit(RIGHT)
    for _ in range(50):
        with pytest.raises(Unauthorized):
            doorkeeper.admit(basic("keycloak", "wrong"))
    doorkeeper.admit(RIGHT)
    assert requests() < 20


def test_without_any_known_value_nobody_can_say(arn: str) -> None:
    client = boto3.client("secretsmanager")
    answer(client, "GetSecretValue", error("InternalServiceError", 500))
    with pytest.raises(SecretUnavailable):
        Doorkeeper(Secret(arn, client)).admit(RIGHT)


@pytest.mark.parametrize("text", ["", "{}", '{"username": "", "password": ""}', "keycloak"])
def test_an_empty_or_malformed_secret_is_never_an_open_door(aws: InProcessAws, text: str) -> None:
    made = boto3.client("secretsmanager").create_secret(Name="odd", SecretString=text or " ")
    for header in (basic("", ""), basic("keycloak", ""), RIGHT):
        with pytest.raises(InvalidSecret):
            Doorkeeper(Secret(made["ARN"])).admit(header)
