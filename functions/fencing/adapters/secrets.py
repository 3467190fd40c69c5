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

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

_MAX_AGE_SECONDS = 300.0
_MIN_SECONDS_BETWEEN_REFRESHES = 5.0


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user name and a password, never part of a log line: `repr` shows neither."""

    username: str = field(repr=False)
    password: str = field(repr=False)


class Secret:
    """A secret of the form `{"username": ..., "password": ...}`.

    Powertools' `get_secret` would do, but forgets its value when it can't fetch a new one, and mixes the version stages up.
    """

    def __init__(
        self, arn: str, client: "SecretsManagerClient | None" = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._arn = arn
        self._client = client or boto3.client("secretsmanager", config=CLIENT_CONFIG)
        self._clock = clock
        self._versions: dict[str, Credentials | None] = {}
        self._tried_at: dict[str, float] = {}

    def current(self) -> Credentials:
        """Return the credentials of the stage AWSCURRENT, at most some minutes old, or the last that are known.

        Raises:
            SecretUnavailable: Secrets Manager doesn't answer, and nothing is known.
            InvalidSecret, AccessDenied, RequestRefused: nothing is known, and asking again won't help.
        """
        credentials = self._version("AWSCURRENT", _MAX_AGE_SECONDS)
        if credentials is None:
            raise InvalidSecret("The secret has no current version.")
        return credentials

    def previous(self) -> Credentials | None:
        """Return those of the stage AWSPREVIOUS, which a sender may use for a while after a rotation; None if none.

        Raises:
            As `current`.
        """
        return self._version("AWSPREVIOUS", _MAX_AGE_SECONDS)

    def refreshed(self) -> bool:
        """Fetch again what may have been rotated; False when that was tried only some seconds ago.

        Raises:
            As `current`.
        """
        if self._age("AWSCURRENT") < _MIN_SECONDS_BETWEEN_REFRESHES:
            return False
        self._tried_at.pop("AWSPREVIOUS", None)
        self._version("AWSCURRENT", _MIN_SECONDS_BETWEEN_REFRESHES)
        return True

    def _age(self, stage: str) -> float:
        return self._clock() - self._tried_at[stage] if stage in self._tried_at else float("inf")

    def _version(self, stage: str, max_age: float) -> Credentials | None:
        if stage in self._versions and self._age(stage) < max_age:
            return self._versions[stage]
        self._tried_at[stage] = self._clock()
        try:
            self._versions[stage] = self._fetch(stage)
        except FencingError:
            if stage not in self._versions:
                raise
        return self._versions[stage]

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
    except (ValueError, InvalidInput):
        # The cause would carry the secret's text into a traceback.
        credentials = Credentials("", "")
    if not credentials.username or not credentials.password:
        raise InvalidSecret('The secret should be a JSON object {"username": ..., "password": ...}, neither empty.')
    return credentials
