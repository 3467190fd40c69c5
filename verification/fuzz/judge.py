"""Which answers the webhook may give to a request."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from verification.fuzz.corpus import GOOD_HEADER
from verification.fuzz.hostile import HostileRequest

TABLE = frozenset({200, 202, 400, 401, 405, 413, 422})
UNAVAILABLE = 503
UNAUTHORIZED = {"error": "This webhook needs HTTP Basic authentication with the credentials of its secret."}
CHALLENGES = ("www-authenticate", "x-amzn-remapped-www-authenticate")
LARGEST_ANSWER = 64 * 1024


@dataclass(frozen=True)
class Answered:
    """An answer as the sender sees it, header names in lower case, and what it led to."""

    status: int
    headers: Mapping[str, str]
    body: str
    outage_met: bool = False

    @property
    def document(self) -> dict[str, Any]:
        document = json.loads(self.body)
        assert isinstance(document, dict), self.body
        return document

    @property
    def executions(self) -> list[str]:
        return [started["execution"] for started in self.document.get("executions", [])]


def judge(request: HostileRequest, answered: Answered) -> None:
    """Fail unless the answer is one of the table, and the right one of them as far as that can be said from outside."""
    allowed = TABLE | {UNAVAILABLE} if answered.outage_met else TABLE
    assert answered.status in allowed, f"{answered.status} is no answer of the table"
    assert answered.headers["content-type"] == "application/json"
    assert len(answered.body) <= LARGEST_ANSWER, f"an answer of {len(answered.body)} bytes"
    if not request.is_authentic:
        assert answered.status == 401 or (answered.outage_met and answered.status == UNAVAILABLE), (
            f"{answered.status} without credentials"
        )
    elif request.authorization == GOOD_HEADER:
        assert answered.status != 401, "right credentials are refused"
    if answered.status == 401:
        _check_challenge(request, answered)
        return
    if request.method != "POST":
        assert answered.status in {405, UNAVAILABLE}, f"{answered.status} to {request.method}"
    if request.method == "HEAD":
        return
    document = answered.document
    if answered.status == 200:
        assert answered.executions == [], "200 says that there was nothing to do"
    if answered.status == 202:
        assert answered.executions, "202 says that something was started"
    if answered.status >= 400:
        assert document.get("error"), "an error without a reason"
    if request.plain and not answered.outage_met:
        assert answered.status == 202, f"{answered.status} for a good alert"


def _check_challenge(request: HostileRequest, answered: Answered) -> None:
    [challenge] = [answered.headers[name] for name in CHALLENGES if name in answered.headers]
    assert challenge.startswith("Basic ")
    if request.method != "HEAD":
        assert answered.document == UNAUTHORIZED, "401 gives something away"
