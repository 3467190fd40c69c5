"""Credentials in Secrets Manager, kept for a while, and used beyond that when Secrets Manager is down."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError

from fencing.adapters.aws import CLIENT_CONFIG, aws_errors, error_code
from fencing.errors import FencingError, InvalidInput, InvalidSecret, SecretUnavailable
from fencing.fields import pick
from fencing.observability import logger

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

_MAX_AGE = timedelta(minutes=5)
_BETWEEN_TRIES = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user name and a password, never part of a log line: `repr` shows neither."""

    username: str = field(repr=False)
    password: str = field(repr=False)


class Secret:
    """A secret of the form `{"username": ..., "password": ...}`.

    Powertools' `get_secret` forgets its value when it can't fetch a new one, and mixes the version stages up.

    `now` is the wall clock: the monotonic one may stand still while Lambda freezes the process between two invocations
    (hashicorp/vault-lambda-extension#150), and what is kept would never grow old.
    """

    def __init__(self, arn: str, now: Callable[[], datetime], client: "SecretsManagerClient | None" = None) -> None:
        self._arn = arn
        self._now = now
        self._client = client or boto3.client("secretsmanager", config=CLIENT_CONFIG)
        self._current: Credentials | None = None
        self._previous: Credentials | None = None
        self._previous_is_known = False
        self._renewed_at: datetime | None = None
        self._failed_at: datetime | None = None
        self._refreshed_at: datetime | None = None

    def current(self) -> Credentials:
        """Return the credentials of the stage AWSCURRENT, at most some minutes old, or the last that are known.

        While nothing is known, every call asks: a failure that has passed must not fail the retries as well.

        Raises:
            SecretUnavailable: Secrets Manager doesn't answer, and nothing is known.
            InvalidSecret, AccessDenied, RequestRefused: nothing is known, and asking again won't help.
        """
        if self._current is None:
            return self._renew()
        if self._has_passed(_MAX_AGE, self._renewed_at) and self._has_passed(_BETWEEN_TRIES, self._failed_at):
            self._renew_if_possible()
        return self._current

    def previous(self) -> Credentials | None:
        """Return those of the stage AWSPREVIOUS, which a sender may use for a while after a rotation; None if none.

        Whatever is wrong with them is only logged: they are nobody's first choice.
        """
        if not self._previous_is_known:
            self._previous_is_known = True
            try:
                self._previous = self._fetch_previous()
            except FencingError as error:
                logger.warning("previous secret not used", reason=str(error))
        return self._previous

    def refresh(self) -> None:
        """Fetch again what may have been rotated, at most once in some seconds, however often it is asked for."""
        if not self._has_passed(_BETWEEN_TRIES, self._refreshed_at):
            return
        self._refreshed_at = self._now()
        self._previous_is_known = False
        self._renew_if_possible()

    def _has_passed(self, duration: timedelta, since: datetime | None) -> bool:
        """A wall clock may be set back: a moment that lies in the future is long ago."""
        return since is None or not timedelta(0) <= self._now() - since < duration

    def _renew_if_possible(self) -> None:
        try:
            self._renew()
        except FencingError as error:
            self._failed_at = self._now()
            logger.warning("secret not renewed", reason=str(error))

    def _renew(self) -> Credentials:
        fetched = self._fetch_current()
        if fetched != self._current:
            self._previous = self._current
        self._previous_is_known = False
        self._current, self._renewed_at = fetched, self._now()
        return fetched

    def _fetch_current(self) -> Credentials:
        with aws_errors(SecretUnavailable, f"reading the secret {self._arn}"):
            return self._fetch("AWSCURRENT")

    def _fetch_previous(self) -> Credentials | None:
        with aws_errors(SecretUnavailable, f"reading the previous version of the secret {self._arn}"):
            try:
                return self._fetch("AWSPREVIOUS")
            except ClientError as error:
                if error_code(error) != "ResourceNotFoundException":
                    raise
                return None

    def _fetch(self, stage: str) -> Credentials:
        answer = self._client.get_secret_value(SecretId=self._arn, VersionStage=stage)
        return _credentials(answer.get("SecretString", ""), self._arn)


def _credentials(secret_string: str, arn: str) -> Credentials:
    try:
        document = json.loads(secret_string)
        credentials = Credentials(pick(document, "username", str), pick(document, "password", str))
        f"{credentials.username}{credentials.password}".encode()  # JSON may hold half of a surrogate pair
    except (ValueError, RecursionError, InvalidInput):
        # Raised below, outside of this block: the cause would carry the secret's text into a traceback.
        credentials = Credentials("", "")
    if not credentials.username or not credentials.password:
        raise InvalidSecret(
            f'The secret {arn} should be a JSON object {{"username": ..., "password": ...}}, neither empty.'
        )
    return credentials
