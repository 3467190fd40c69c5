"""What hostile requests are made of: bodies that real Alertmanagers sent, and values that break naive code."""

from __future__ import annotations

import base64
import json
from typing import Any

from local.scenarios.alertmanager import CAPTURED_BODIES

SITES = ("site-a", "site-b")
DNS_NAME = "a3da6a6cbd4e27b02.awsglobalaccelerator.com"
USERNAME, PASSWORD = "alertmanager", "Zq7-correct:horse\N{EURO SIGN}battery"
TOKEN = base64.b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode()
GOOD_HEADER = f"Basic {TOKEN}"

BODIES: tuple[bytes, ...] = tuple(file.read_bytes() for file in sorted(CAPTURED_BODIES.glob("*.json")))
DOCUMENTS: tuple[dict[str, Any], ...] = tuple(json.loads(body) for body in BODIES)

INJECTIONS = (
    "site-a'||'1'=='1",
    "`site-b`",
    "labels.site || alerts[*].labels.site",
    "@.labels | keys(@)",
    "to_string(@)",
    "{% $states.input %}",
    "${FenceStateMachine}",
    "$.alert.site",
    "site-b/../../caches?action=clear",
    "site-b?action=take-offline",
    "site-b%2f..%2f..",
    "..",
    "//evil.example/",
    "https://evil.example/",
    "site-b\r\nX-Injected: yes",
    'site-b\n{"level":"INFO","message":"forged"}',
    "site-b\x00",
    "\x00",
    "site-b\u200b",
    "site-b\u202e",
    "s\u0456te-b",
    "\uff53\uff49\uff54\uff45-b",
    "\u212aeycloak",
    "site\u2010b",
    "\u0131\u0307",
    "SITE-B",
    " site-b",
    "site-b ",
    "site-c",
    "",
    "-",
    "'; DROP TABLE fences; --",
    "{{7*7}}",
    "%n%s%x",
    "$(reboot)",
    "a3da6a6cbd4e27b02.awsglobalaccelerator.com.evil.example",
    "a3da6a6cbd4e27b02.dualstack.awsglobalaccelerator.com",
    "A3DA6A6CBD4E27B02.AWSGLOBALACCELERATOR.COM.",
    "a3da6a6cbd4e27b02.aws\u0261lobalaccelerator.com",
    "a3da6a6cbd4e27b03.awsglobalaccelerator.com",
    "\ud800",
    "\U0001f525" * 20,
    "a" * 64,
)

TIMES = (
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59.999999999Z",
    "9999-12-31T23:59:59-23:59",
    "9999-12-31T24:00:00Z",
    "2026-02-30T00:00:00Z",
    "2026-11-22T18:32:38",
    "2026-W47-7",
    "2026-11-22T18:32:60Z",
    "2026-11-22\x0018:32:38Z",
    "2026-11-22T18:32:38+99:99",
    "\u0662\u0660\u0662\u0666-11-22T18:32:38Z",
    "1795372358",
    "now",
)

NUMBERS = (0, -1, 1, 2**63, -(2**64), 10**4000, 0.1, 1e308, float("inf"), float("-inf"), float("nan"), True, False)

METHODS = ("GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "post", "POSTS", "PROPFIND")

CONTENT_TYPES = (
    "application/json",
    "application/json; charset=utf-16",
    "text/plain",
    "application/octet-stream",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/xml",
    "",
)


def basic(username: str, password: str) -> str:
    """The Authorization header's value for these credentials."""
    return f"Basic {base64.b64encode(f'{username}:{password}'.encode()).decode()}"


WRONG_HEADERS = (
    "",
    "Basic",
    "Basic ",
    "Basic =",
    "Basic ====",
    "Basic Og==",
    "Basic " + "A" * 3,
    "Basic " + "A" * 4092,
    "Basic " + "A" * 100_000,
    f"Bearer {TOKEN}",
    f'Digest username="{USERNAME}"',
    f"Negotiate {TOKEN}",
    f"{TOKEN}",
    f"Basic:{TOKEN}",
    f"Basic\t{TOKEN}",
    f"Basic\r\n {TOKEN}",
    f"Basic {TOKEN}\x00",
    f"Basic {TOKEN},Basic {TOKEN}",
    f"Basic {TOKEN}\r\nX-Injected: yes",
    f"\uff22asic {TOKEN}",
    f"Ba\u017fic {TOKEN}",
    f"Basic {TOKEN[:-4]}",
    f"Basic {TOKEN}AAAA",
    f"Basic {TOKEN.swapcase()}",
    f"Basic {TOKEN[:8]}\n{TOKEN[8:]}",
    f"Basic {USERNAME}:{PASSWORD}",
    basic(USERNAME, ""),
    basic("", PASSWORD),
    basic("", ""),
    basic(USERNAME, PASSWORD + " "),
    basic(USERNAME, PASSWORD.upper()),
    basic(USERNAME, PASSWORD + "\x00"),
    basic(USERNAME, PASSWORD + "\n"),
    basic(USERNAME.upper(), PASSWORD),
    basic(PASSWORD, USERNAME),
    basic(USERNAME, USERNAME),
    basic(f"{USERNAME}:{PASSWORD}", ""),
    basic(USERNAME, "Zq7-correct%3Ahorse%E2%82%ACbattery"),
    basic(USERNAME, "changeme"),
    "Basic " + base64.b64encode(f"{USERNAME}:{PASSWORD}".encode("utf-16")).decode(),
    "Basic " + base64.b64encode(USERNAME.encode()).decode(),
    "Basic " + base64.b64encode(b"\xff\xfe:\x00").decode(),
)
