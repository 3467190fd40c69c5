"""A hostile request, made from a seed and a number alone, so that each can be replayed by itself."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from random import Random
from typing import Any

from verification.fuzz.corpus import CONTENT_TYPES, GOOD_HEADER, METHODS, PASSWORD, USERNAME, WRONG_HEADERS
from verification.fuzz.mutations import acceptable_body, hostile_body

EVENT_HEADERS = {"user-agent": "Alertmanager/0.28.1", "x-forwarded-proto": "https", "x-forwarded-port": "443"}


@dataclass(frozen=True)
class HostileRequest:
    """A request. `framing` says how the function URL's event tells of the body: truthfully, or with a lie."""

    method: str
    authorization: str | None
    content_type: str
    body: bytes
    framing: str
    plain: bool
    """Nothing is wrong with it: it must lead to an execution."""

    @property
    def is_authentic(self) -> bool:
        """Whether the credentials are right by the most lenient reading; who isn't must get a 401."""
        scheme, _, token = (self.authorization or "").strip().partition(" ")
        try:
            decoded = base64.b64decode(token.strip())
        except (binascii.Error, ValueError):
            return False
        return scheme.lower() == "basic" and decoded == f"{USERNAME}:{PASSWORD}".encode()

    def event(self) -> dict[str, Any]:
        """The event of the function URL, payload format 2.0."""
        headers = {**EVENT_HEADERS, "content-type": self.content_type}
        if self.authorization is not None:
            headers["authorization"] = self.authorization
        http = {"method": self.method, "path": "/", "protocol": "HTTP/1.1", "sourceIp": "203.0.113.7", "userAgent": "x"}
        event: dict[str, Any] = {"version": "2.0", "rawPath": "/", "headers": headers, "requestContext": {"http": http}}
        return event | self._framed()

    def _framed(self) -> dict[str, Any]:
        match self.framing:
            case "base64":
                return {"body": base64.b64encode(self.body).decode(), "isBase64Encoded": True}
            case "no base64":
                return {"body": self.body.decode(errors="replace"), "isBase64Encoded": True}
            case "surrogates":
                return {"body": self.body.decode(errors="surrogateescape"), "isBase64Encoded": False}
            case "no body":
                return {"isBase64Encoded": False}
            case _:
                return {"body": self.body.decode(errors="replace"), "isBase64Encoded": False}


def hostile_request(seed: int, number: int) -> HostileRequest:
    """The request of that number in the run of that seed."""
    random = Random(f"{seed}/{number}")
    if random.random() < 0.03:
        return HostileRequest("POST", GOOD_HEADER, "application/json", acceptable_body(random), "text", plain=True)
    return HostileRequest(
        method=random.choice(METHODS) if random.random() < 0.06 else "POST",
        authorization=_authorization(random),
        content_type=random.choice(CONTENT_TYPES) if random.random() < 0.3 else "application/json",
        body=hostile_body(random),
        framing=random.choice(("text",) * 12 + ("base64",) * 4 + ("surrogates", "surrogates", "no base64", "no body")),
        plain=False,
    )


def _authorization(random: Random) -> str | None:
    chance = random.random()
    if chance < 0.6:
        return GOOD_HEADER
    if chance < 0.62:
        return None
    if chance < 0.85:
        return random.choice(WRONG_HEADERS)
    return _mutated(random, GOOD_HEADER)


def _mutated(random: Random, header: str) -> str:
    place = random.randrange(len(header) + 1)
    return random.choice(
        (
            lambda: header[:place] + chr(random.randrange(1, 0x3000)) + header[place + 1 :],
            lambda: header[:place] + header[place + 1 :],
            lambda: header[:place],
            lambda: header[:place].swapcase() + header[place:],
            lambda: header.replace(" ", " " * random.randint(1, 9)),
            lambda: f" {header} ",
            lambda: header + random.choice((" ", "\t", "=", ",", ";q=1", "\r\n")),
            lambda: header * random.randint(2, 3),
        )
    )()
