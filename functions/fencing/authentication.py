"""HTTP Basic authentication (RFC 7617) of the webhook."""

import base64
import binascii
import hmac
import re

from fencing.adapters.secrets import Credentials, Secret
from fencing.errors import Unauthorized, WrongCredentials

CHALLENGE = 'Basic realm="site-fencing", charset="UTF-8"'
_HEADER = re.compile(r"basic +([A-Za-z0-9+/]+={0,2}) *", re.IGNORECASE | re.ASCII)
_MAX_HEADER_LENGTH = 4096
_UNAUTHORIZED = "This webhook needs HTTP Basic authentication with the credentials of its secret."


class BasicAuthenticator:
    """Accepts the current credentials of a secret and, for a while after a rotation, the previous ones."""

    def __init__(self, secret: Secret) -> None:
        self._secret = secret

    def authenticate(self, authorization: str) -> None:
        """Return when the `Authorization` header is right; ask nobody when it isn't even well formed.

        Raises:
            Unauthorized: it is missing or malformed.
            WrongCredentials: it is wrong. One sentence for all, so that nothing is given away.
            SecretUnavailable, InvalidSecret, AccessDenied, RequestRefused: nobody can say.
        """
        username, password = _parse(authorization)
        if self._are_known(username, password):
            return
        self._secret.refresh()
        if not self._are_known(username, password):
            raise WrongCredentials(_UNAUTHORIZED)

    def _are_known(self, username: bytes, password: bytes) -> bool:
        if _are_equal(self._secret.current(), username, password):
            return True
        previous = self._secret.previous()
        return previous is not None and _are_equal(previous, username, password)


def _parse(authorization: str) -> tuple[bytes, bytes]:
    header = _HEADER.fullmatch(authorization) if len(authorization) <= _MAX_HEADER_LENGTH else None
    if header is None:
        raise Unauthorized(_UNAUTHORIZED)
    try:
        decoded = base64.b64decode(header[1], validate=True)
    except binascii.Error:
        raise Unauthorized(_UNAUTHORIZED) from None
    username, colon, password = decoded.partition(b":")
    if not colon:
        raise Unauthorized(_UNAUTHORIZED)
    return username, password


def _are_equal(expected: Credentials, username: bytes, password: bytes) -> bool:
    """Compare in constant time, both fields in any case."""
    is_same_name = hmac.compare_digest(expected.username.encode(), username)
    is_same_password = hmac.compare_digest(expected.password.encode(), password)
    return is_same_name and is_same_password
