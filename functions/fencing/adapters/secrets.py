"""Credentials in Secrets Manager, kept for a while, and used beyond that when Secrets Manager is down."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError

from fencing.adapters.aws import CLIENT_CONFIG, aws_errors, error_code
from fencing.errors import FencingError, InvalidInput, InvalidSecret, SecretUnavailable
from fencing.fields import pick
from fencing.observability import logger

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

_MAX_AGE_SECONDS = 300.0
_SECONDS_BETWEEN_TRIES = 5.0
_NEVER = float("-inf")


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user name and a password, never part of a log line: `repr` shows neither."""

    username: str = field(repr=False)
    password: str = field(repr=False)


class Secret:
    """A secret of the form `{"username": ..., "password": ...}`.

    Powertools' `get_secret` forgets its value when it can't fetch a new one, and mixes the version stages up.
    """

    def __init__(
        self, arn: str, client: "SecretsManagerClient | None" = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._arn = arn
        self._client = client or boto3.client("secretsmanager", config=CLIENT_CONFIG)
        self._clock = clock
        self._current: Credentials | None = None
        self._previous: Credentials | None = None
        self._previous_is_known = False
        self._renewed_at = self._failed_at = self._refreshed_at = _NEVER
        self._failure: FencingError | None = None

    def current(self) -> Credentials:
        """Return the credentials of the stage AWSCURRENT, at most some minutes old, or the last that are known.

        Raises:
            SecretUnavailable: Secrets Manager doesn't answer, and nothing is known.
            InvalidSecret, AccessDenied, RequestRefused: nothing is known, and asking again won't help.
        """
        is_old = self._clock() - self._renewed_at >= _MAX_AGE_SECONDS
        if is_old and self._clock() - self._failed_at >= _SECONDS_BETWEEN_TRIES:
            self._renew()
        if self._current is None:
            raise self._failure or SecretUnavailable("A secret was never read.")
        return self._current

    def previous(self) -> Credentials | None:
        """Return those of the stage AWSPREVIOUS, which a sender may use for a while after a rotation; None if none.

        Whatever is wrong with them is only logged: they are nobody's first choice.
        """
        if not self._previous_is_known:
            self._previous_is_known = True
            try:
                self._previous = self._fetch("AWSPREVIOUS")
            except FencingError as error:
                logger.warning("previous secret not used", reason=str(error))
        return self._previous

    def refreshed(self) -> bool:
        """Fetch again what may have been rotated, at most once per some seconds; say whether that was done."""
        if self._clock() - self._refreshed_at < _SECONDS_BETWEEN_TRIES:
            return False
        self._refreshed_at = self._clock()
        self._previous_is_known = False
        return self._renew()

    def _renew(self) -> bool:
        try:
            fetched = self._fetch("AWSCURRENT")
        except FencingError as error:
            self._failure, self._failed_at = error, self._clock()
            logger.warning("secret not renewed", reason=str(error), known=self._current is not None)
            return False
        if fetched != self._current:
            self._previous = self._current
        self._previous_is_known = False
        self._current, self._renewed_at = fetched, self._clock()
        return True

    def _fetch(self, stage: str) -> Credentials | None:
        with aws_errors(SecretUnavailable, "reading a secret"):
            try:
                answer = self._client.get_secret_value(SecretId=self._arn, VersionStage=stage)
            except ClientError as error:
                if stage == "AWSPREVIOUS" and error_code(error) == "ResourceNotFoundException":
                    return None
                raise
        return _credentials(answer.get("SecretString", ""))


def _credentials(secret_string: str) -> Credentials:
    try:
        document = json.loads(secret_string)
        credentials = Credentials(pick(document, "username", str), pick(document, "password", str))
        f"{credentials.username}{credentials.password}".encode()  # JSON may hold half of a surrogate pair
    except (ValueError, RecursionError, InvalidInput):
        # Raised below, outside of this block: the cause would carry the secret's text into a traceback.
        credentials = Credentials("", "")
    if not credentials.username or not credentials.password:
        raise InvalidSecret('The secret should be a JSON object {"username": ..., "password": ...}, neither empty.')
    return credentials
