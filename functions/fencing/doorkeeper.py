"""HTTP Basic authentication (RFC 7617) of the webhook."""

import base64
import binascii
import hmac
import re

from fencing.adapters.secrets import Credentials, Secret
from fencing.errors import Unauthorized, WrongCredentials

CHALLENGE = 'Basic realm="site-fencing", charset="UTF-8"'
_HEADER = re.compile(r"basic +([A-Za-z0-9+/]+={0,2}) *", re.IGNORECASE | re.ASCII)
_LONGEST_HEADER = 4096


class Doorkeeper:
    """Admits who knows the current or, for a while after a rotation, the previous credentials."""

    def __init__(self, secret: Secret) -> None:
        self._secret = secret

    def admit(self, authorization: str) -> None:
        """Return when the `Authorization` header is right; ask nobody when it isn't even well formed.

        Raises:
            Unauthorized: it is missing or malformed.
            WrongCredentials: it is wrong. One sentence for all, so that nothing is given away.
            SecretUnavailable, InvalidSecret, AccessDenied, RequestRefused: nobody can say.
        """
        username, password = _parse(authorization)
        if self._known(username, password) or (self._secret.refreshed() and self._known(username, password)):
            return
        raise _unauthorized(WrongCredentials)

    def _known(self, username: bytes, password: bytes) -> bool:
        if _same(self._secret.current(), username, password):
            return True
        previous = self._secret.previous()
        return previous is not None and _same(previous, username, password)


def _parse(authorization: str) -> tuple[bytes, bytes]:
    header = _HEADER.fullmatch(authorization) if len(authorization) <= _LONGEST_HEADER else None
    if header is None:
        raise _unauthorized()
    try:
        decoded = base64.b64decode(header[1], validate=True)
    except binascii.Error:
        raise _unauthorized() from None
    username, colon, password = decoded.partition(b":")
    if not colon:
        raise _unauthorized()
    return username, password


def _same(expected: Credentials, username: bytes, password: bytes) -> bool:
    right_name = hmac.compare_digest(expected.username.encode(), username)
    right_password = hmac.compare_digest(expected.password.encode(), password)
    return right_name and right_password


def _unauthorized(kind: type[Unauthorized] = Unauthorized) -> Unauthorized:
    return kind("This webhook needs HTTP Basic authentication with the credentials of its secret.")
