"""The table of answers (docs/configuration.md), over the function URL of the embedded stack."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any

import pytest

from verification.fuzz.corpus import DOCUMENTS, basic
from verification.fuzz.deployment import DeployedWebhook, HttpResponse

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("function-url")]

USERNAME, PASSWORD = "alertmanager", "pass:w\N{LATIN SMALL LETTER O WITH DIAERESIS}rd"
GOOD = basic(USERNAME, PASSWORD)
FIRING = DOCUMENTS[0]
RESOLVED = next(document for document in DOCUMENTS if document["status"] == "resolved")
UNAUTHORIZED = {"error": "This webhook needs HTTP Basic authentication with the credentials of its secret."}


def changed(**labels: str) -> dict[str, Any]:
    """The firing body with other labels."""
    (alert,) = FIRING["alerts"]
    return FIRING | {"alerts": [alert | {"labels": alert["labels"] | labels}]}


@pytest.fixture(scope="module")
def connection(webhook: DeployedWebhook) -> Iterator[HTTPConnection]:
    webhook.put_credentials(USERNAME, PASSWORD)
    webhook.start_anew()
    connection = webhook.connection()
    yield connection
    connection.close()


@pytest.fixture
def post(webhook: DeployedWebhook, connection: HTTPConnection) -> Any:
    def sent(
        body: Any,
        *,
        method: str = "POST",
        authorization: tuple[str, ...] = (GOOD,),
        content_type: str = "application/json",
    ) -> HttpResponse:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        credentials = [("Authorization", value.encode("latin-1")) for value in authorization]
        return webhook.send(connection, method, [*credentials, ("Content-Type", content_type.encode())], content)

    return sent


def test_a_firing_alert_starts_an_execution(post, webhook):
    answer = post(FIRING)
    assert answer.status == 202
    [started] = json.loads(answer.body)["executions"]
    assert started["execution"] in webhook.executions()


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, RESOLVED),
        (200, FIRING | {"alerts": []}),
        (200, changed(alertname="Watchdog")),
        (400, b""),
        (400, b"no JSON"),
        (400, b"\xff\xfe\x00"),
        (400, b"[" * 50_000),
        (400, []),
        (400, FIRING | {"version": "5"}),
        (413, FIRING | {"receiver": "a" * 1_000_000}),
        (413, FIRING | {"alerts": FIRING["alerts"] * 65}),
        (422, FIRING | {"alerts": [{"status": "firing"}]}),
        (422, changed(site="site-c")),
        (422, changed(site="site-b\n")),
        (422, changed(reporter="s\N{CYRILLIC SMALL LETTER BYELORUSSIAN-UKRAINIAN I}te-a")),
        (422, changed(accelerator="a3da6a6cbd4e27b02.awsglobalaccelerator.com.evil.example")),
    ],
)
def test_an_authenticated_request_is_answered_by_the_table(post, status, body):
    answer = post(body)
    assert answer.status == status
    assert answer.headers["content-type"] == "application/json"
    assert isinstance(json.loads(answer.body), dict)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_only_posts_are_taken(post, method):
    answer = post(FIRING, method=method)
    assert (answer.status, answer.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "application/octet-stream", ""])
def test_the_content_type_does_not_matter(post, content_type):
    assert post(RESOLVED, content_type=content_type).status == 200


@pytest.mark.parametrize(
    "authorization",
    [
        (),
        ("",),
        ("Basic",),
        (f"Bearer {GOOD.partition(' ')[2]}",),
        (GOOD, GOOD),
        (basic(USERNAME, "changeme"),),
        (basic("keycloak", PASSWORD),),
        ("Basic " + base64.b64encode(f"{USERNAME}:{PASSWORD}".encode("latin-1")).decode(),),
        (f"Basic {USERNAME}:changeme",),
        ("Basic " + "A" * 8_000,),
    ],
)
@pytest.mark.parametrize(("method", "body"), [("POST", FIRING), ("POST", b"no JSON"), ("GET", b"")])
def test_who_is_not_known_learns_nothing(post, webhook, authorization, method, body):
    before = webhook.executions()
    answer = post(body, method=method, authorization=authorization)
    assert answer.status == 401
    assert json.loads(answer.body) == UNAUTHORIZED
    # AWS, and so the embedded stack, renames WWW-Authenticate.
    assert answer.headers["x-amzn-remapped-www-authenticate"].startswith("Basic ")
    assert webhook.executions() == before


@pytest.mark.parametrize("authorization", [GOOD.replace("Basic", "bAsIc"), GOOD.replace(" ", "   "), f"{GOOD} "])
def test_the_scheme_may_be_written_in_any_case(post, authorization):
    assert post(RESOLVED, authorization=(authorization,)).status == 200
