"""Requests to the webhook's function URL, as Lambda hands them over."""

from __future__ import annotations

import base64
import json
from typing import Any


def basic(username: str, password: str) -> str:
    """The value of an `Authorization` header."""
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()


PASSWORD = "correct-horse-battery-staple"
RIGHT, WRONG = basic("keycloak", PASSWORD), basic("keycloak", "wrong")


def event(
    document: Any, authorization: str | None = RIGHT, *, method: str = "POST", base64_encoded: bool = False
) -> dict[str, Any]:
    """An event of a function URL, payload format 2.0; `document` is text, bytes or something for json.dumps."""
    text = document if isinstance(document, str | bytes) else json.dumps(document)
    if base64_encoded or isinstance(text, bytes):
        text = base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()
        base64_encoded = True
    headers = {"content-type": "application/json", "user-agent": "Alertmanager/0.28.1", "host": "x.lambda-url.example"}
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/",
        "rawQueryString": "",
        "headers": headers | ({} if authorization is None else {"authorization": authorization}),
        "requestContext": {
            "accountId": "anonymous",
            "domainName": "x.lambda-url.example",
            "http": {"method": method, "path": "/", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1"},
            "requestId": "00000000-0000-0000-0000-000000000000",
        },
        "body": text,
        "isBase64Encoded": base64_encoded,
    }
