"""boto3 clients whose calls fail as AWS fails.

A hook in front of the network answers, so that botocore's own parsers, retries and exceptions do the rest.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

NOWHERE = "https://nowhere.invalid/"
Answer = tuple[int, bytes] | Exception


class _Raw:
    """What botocore reads a body from."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, **_: Any) -> list[bytes]:
        return [self._body]


def answer(client: Any, operation: str, *answers: Answer | None) -> Callable[[], int]:
    """Let the next requests for `operation` get `answers`, one each; the last one is repeated.

    An answer is (status, body), an exception, or None for the real one. Returns a function that counts the requests.
    """
    requests: list[str] = []

    def before_send(request: Any, **_: Any) -> AWSResponse | None:
        given = answers[min(len(requests), len(answers) - 1)]
        requests.append(request.url)
        if isinstance(given, Exception):
            raise given
        if given is None:
            return None
        status, body = given
        # All hooks are called, moto's too: it must not know this address, or it would do what was asked.
        request.url = NOWHERE
        return AWSResponse(request.url, status, HTTPHeaders(), _Raw(body))

    service = client.meta.service_model.service_id.hyphenize()
    client.meta.events.register_first(f"before-send.{service}.{operation}", before_send)
    return lambda: len(requests)


def error(code: str, status: int = 400) -> Answer:
    """An error of the JSON protocols."""
    return status, json.dumps({"__type": code, "message": "said AWS"}).encode()


def query_error(code: str, status: int = 400) -> Answer:
    """An error of the query protocol (Elastic Load Balancing)."""
    return status, (
        '<ErrorResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"><Error><Type>Sender</Type>'
        f"<Code>{code}</Code><Message>said AWS</Message></Error></ErrorResponse>"
    ).encode()
