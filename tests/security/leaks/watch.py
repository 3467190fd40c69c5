"""What a secret looks like in a text."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterable
from functools import cache
from urllib.parse import quote

# A shorter word may stand in a sentence for another reason.
SHORTEST_FORM = 12
LONGEST_QUOTATION = 300
_BASIC = re.compile(r"\bbasic +([a-z0-9+/]+={0,2})", re.IGNORECASE)


class Watch:
    """Looks through texts for the secrets that there are at that moment, and remembers what it found."""

    def __init__(self) -> None:
        self.secrets: Callable[[], Iterable[str]] = tuple
        self._found: list[str] = []

    def look(self, what: str, text: str) -> None:
        """Look through a text; `what` begins the sentence: "A log line", for instance."""
        if any(form in text for secret in self.secrets() for form in _forms_of_secret(secret)) or _has_header(text):
            self._found.append(f"{what} tells a secret: {text[:LONGEST_QUOTATION]}")

    def check(self) -> None:
        """Fail if something was found since the last time."""
        found, self._found = self._found, []
        assert not found, "\n".join(found)


WATCH = Watch()
"""Of the test run that this process belongs to."""


def forms_of(username: str, password: str) -> set[str]:
    """The ways in which credentials may appear in a text."""
    pair = f"{username}:{password}".encode()
    encoded = {base64.b64encode(text).decode().rstrip("=") for text in (pair, password.encode())}
    return {password, json.dumps(password)[1:-1], quote(password), *encoded}


@cache
def _forms_of_secret(secret: str) -> tuple[str, ...]:
    try:
        document = json.loads(secret)
        forms = forms_of(document["username"], document["password"])
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):  # a test has made it malformed
        forms = {secret}
    return tuple(form for form in forms if len(form) >= SHORTEST_FORM)


def _has_header(text: str) -> bool:
    """Whether a part of the text is an Authorization header, whoever's; "Basic authentication" is none."""
    return any(_is_pair(found[1]) for found in _BASIC.finditer(text))


def _is_pair(token: str) -> bool:
    try:
        return b":" in base64.b64decode(token, validate=True)
    except binascii.Error:
        return False
