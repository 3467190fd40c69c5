"""What the webhook answers: the table of docs/configuration.md, through the handler, with Alertmanager's own bodies."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from typing import Any

import pytest

import webhook.app
from fencing.decisions.parse_alerts import MAX_ALERTS
from fencing.errors import InvalidSetting
from fencing.steps.receive_alerts import MAX_BODY_BYTES
from tests.unit.aws_resources import rotate_secret
from tests.unit.builders import NOW, body, firing
from tests.unit.handlers.conftest import Webhook
from tests.unit.handlers.requests import PASSWORD, RIGHT, WRONG, basic, event
from tests.unit.logged import Logged

BOTH = (firing(), firing({"reporter": "site-b", "site": "site-a"}))


def many(number: int) -> list[Any]:
    return [firing(fingerprint=f"{place:016x}") for place in range(number)]


@pytest.mark.parametrize(
    ("document", "kwargs", "status", "started"),
    [
        pytest.param(body(firing()), {}, 202, 1, id="one alert"),
        pytest.param(body(*BOTH), {}, 202, 2, id="both sites accuse each other"),
        pytest.param(body(firing(), firing(status="resolved")), {}, 202, 1, id="one firing, one resolved"),
        pytest.param(body(firing(), firing({"alertname": "Watchdog"})), {}, 202, 1, id="one of another name"),
        pytest.param(body(firing()), {"base64_encoded": True}, 202, 1, id="base64"),
        pytest.param(body(firing(), extra={"new": [1, {"a": None}]}), {}, 202, 1, id="unknown fields"),
        pytest.param(body(*many(MAX_ALERTS)), {}, 202, MAX_ALERTS, id="as many as are acted on"),
        pytest.param(body(firing(), truncatedAlerts=3), {}, 202, 1, id="truncated"),
        pytest.param(body(), {}, 200, 0, id="no alerts"),
        pytest.param(body(firing(status="resolved")), {}, 200, 0, id="resolved"),
        pytest.param(body(firing({"alertname": "Watchdog"})), {}, 200, 0, id="heartbeat"),
        pytest.param(body(firing()), {"authorization": None}, 401, 0, id="no credentials"),
        pytest.param(body(firing()), {"authorization": WRONG}, 401, 0, id="wrong credentials"),
        pytest.param(body(firing()), {"authorization": f"{RIGHT},{RIGHT}"}, 401, 0, id="two headers"),
        pytest.param(body(firing()), {"authorization": "Bearer x"}, 401, 0, id="another scheme"),
        pytest.param("nonsense", {"authorization": WRONG}, 401, 0, id="credentials come first, then JSON"),
        pytest.param("", {"authorization": None, "method": "GET"}, 401, 0, id="credentials come first, then GET"),
        pytest.param("x" * (MAX_BODY_BYTES + 1), {"authorization": WRONG}, 401, 0, id="credentials come before size"),
        *(pytest.param("", {"method": m}, 405, 0, id=m) for m in ("GET", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS")),
        pytest.param("", {}, 400, 0, id="empty"),
        pytest.param("nonsense", {}, 400, 0, id="no JSON"),
        pytest.param(json.dumps(body(firing()))[:-1], {}, 400, 0, id="cut off"),
        pytest.param(b"\xff\xfe\xfd", {}, 400, 0, id="no UTF-8"),
        pytest.param("\ud800", {}, 400, 0, id="a lone surrogate"),
        pytest.param("[" * 100_000, {}, 400, 0, id="deep"),
        pytest.param("1" * 10_000, {}, 400, 0, id="a long number"),
        pytest.param([], {}, 400, 0, id="a list"),
        pytest.param(body(firing(), version="3"), {}, 400, 0, id="version 3"),
        pytest.param(body(firing(), alerts={}), {}, 400, 0, id="alerts are no list"),
        pytest.param(body(firing(), 5), {}, 400, 0, id="an alert is no object"),
        pytest.param(json.dumps(body(firing())) + " " * MAX_BODY_BYTES, {}, 413, 0, id="too large"),
        pytest.param(body(*many(MAX_ALERTS + 1)), {}, 413, MAX_ALERTS, id="too many"),
        pytest.param(body(firing({"site": None})), {}, 422, 0, id="a label is missing"),
        pytest.param(body({"status": "firing"}, firing()), {}, 422, 1, id="no labels beside a good one"),
        pytest.param(body(firing({"site": "site-c"})), {}, 422, 0, id="an unknown site"),
        pytest.param(body(firing({"accelerator": "evil.example"})), {}, 422, 0, id="no accelerator"),
        pytest.param(body(firing(startsAt="2030-01-01T00:00:00Z")), {}, 422, 0, id="from the future"),
        pytest.param(body(firing({"site": "site-c"}), *BOTH), {}, 422, 2, id="a bad one among good ones"),
    ],
)  # fmt: skip
def test_the_table_of_answers(post: Webhook, document: Any, kwargs: dict[str, Any], status: int, started: int) -> None:
    answered, told = post(document, **kwargs)
    assert (answered, len(post.executions)) == (status, started)
    assert ("error" in told) == (status >= 400)
    assert {execution["execution"] for execution in told.get("executions", [])} == post.executions


def test_a_body_at_the_limit_is_read(post: Webhook) -> None:
    text = json.dumps(body(firing()))
    assert post(text + " " * (MAX_BODY_BYTES - len(text)))[0] == 202


def test_base64_that_is_none_is_malformed(post: Webhook) -> None:
    broken = event("") | {"body": "a!b", "isBase64Encoded": True}
    assert post.invoke("webhook", broken)["statusCode"] == 400


def test_an_event_without_a_body_or_headers_is_answered(post: Webhook) -> None:
    bare = event("")
    del bare["body"], bare["headers"], bare["isBase64Encoded"]
    assert post.invoke("webhook", bare)["statusCode"] == 401
    bare["headers"] = {"authorization": RIGHT}
    assert post.invoke("webhook", bare)["statusCode"] == 400


def test_every_401_is_one_and_the_same_answer_with_a_challenge(post: Webhook) -> None:
    headers = [None, "", WRONG, "Bearer x", "Basic !", RIGHT[:-1], f"{RIGHT}, {RIGHT}"]
    answers = [post.invoke("webhook", event(body(firing()), header)) for header in headers]
    assert all(answered == answers[0] for answered in answers)
    assert answers[0]["headers"]["www-authenticate"] == 'Basic realm="site-fencing", charset="UTF-8"'


def test_405_says_what_is_allowed(post: Webhook) -> None:
    assert post.invoke("webhook", event("", method="GET"))["headers"]["allow"] == "POST"


def test_the_answer_tells_which_alert_became_which_execution(post: Webhook) -> None:
    _, told = post(body(*BOTH, firing(status="resolved")))
    assert [(done["reporter"], done["site"]) for done in told["executions"]] == [
        ("site-a", "site-b"),
        ("site-b", "site-a"),
    ]
    assert {done["execution"] for done in told["executions"]} == post.executions
    assert told["ignored"] == 1


def test_the_same_delivery_again_gets_the_same_answer(post: Webhook) -> None:
    first = post(body(*BOTH))
    assert [post(body(*BOTH)) for _ in range(3)] == [first] * 3
    assert len(post.executions) == 2


def test_422_and_413_say_which_alert_was_bad_and_why(post: Webhook) -> None:
    status, told = post(body(firing(), firing({"site": "site-c"}), firing(fingerprint="x")))
    assert status == 422
    assert [refused["alert"] for refused in told["refused"]] == [1, 2]
    assert "'site' names none of this stack's sites" in told["refused"][0]["reason"]
    status, told = post(body(firing({"site": "site-c"}), *many(MAX_ALERTS)))
    assert (status, [refused["alert"] for refused in told["refused"]]) == (413, [0])


def test_alertmanagers_own_bodies_are_answered(
    post: Webhook, alertmanager_body: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook.app, "utc_now", lambda: NOW + timedelta(days=1))
    alerts = json.loads(alertmanager_body)["alerts"]
    ours = [found for found in alerts if found["status"] == "firing"]
    unknown = [found for found in ours if found["labels"]["site"] == "site-c"]
    status, told = post(alertmanager_body)
    assert status == (422 if unknown else 202 if ours else 200)
    assert len(post.executions) == len(told["executions"]) == len(ours) - len(unknown)


def test_nothing_secret_is_logged_whatever_the_answer(post: Webhook, logged: Logged) -> None:
    for header in (RIGHT, WRONG, None, f"{RIGHT},{RIGHT}", RIGHT.replace("Basic", "Bearer")):
        for document in (body(firing()), body(firing({"site": None})), "nonsense", "x" * (MAX_BODY_BYTES + 1)):
            post(document, header)
    token = RIGHT.removeprefix("Basic ")
    assert logged.lines
    for secret in (PASSWORD, token, WRONG.removeprefix("Basic "), "keycloak:wrong"):
        assert secret not in logged.text


def test_a_label_cannot_forge_a_log_line(post: Webhook, logged: Logged) -> None:
    post(body(firing({"reporter": 'site-a\n{"level":"ERROR","message":"forged"}'})))
    assert "forged" not in logged.messages()
    assert all(line["service"] for line in logged.lines)


def test_the_correlation_id_of_each_start_is_the_execution(post: Webhook, logged: Logged) -> None:
    post(body(*BOTH))
    started = [line for line in logged.lines if line["message"] == "execution started or running"]
    assert {line["correlation_id"] for line in started} == post.executions


def test_truncated_alerts_are_a_warning(post: Webhook, logged: Logged) -> None:
    post(body(firing(), truncatedAlerts=3))
    (line,) = [line for line in logged.lines if line["level"] == "WARNING"]
    assert line["truncated"] == 3


def test_after_guesses_a_new_password_is_known_although_the_process_was_frozen(
    post: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A frozen process's monotonic clock stands still until the next invocation."""
    wall_clock = [NOW]
    monkeypatch.setattr(webhook.app, "utc_now", lambda: wall_clock[-1])
    monkeypatch.setattr(time, "monotonic", lambda: 1_000_000.0)
    assert [post(body(), WRONG)[0] for _ in range(20)] == [401] * 20
    rotate_secret(post.secret, password="new")
    wall_clock.append(NOW + timedelta(seconds=10))
    assert post(body(), basic("keycloak", "new"))[0] == 200


@pytest.mark.parametrize("variable", ["WEBHOOK_SECRET_ARN", "STATE_MACHINE_ARN", "SITE_A", "SITE_B"])
def test_a_missing_setting_is_named(post: Webhook, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.delenv(variable)
    with pytest.raises(InvalidSetting, match=variable):
        post(body(firing()))


@pytest.mark.parametrize(
    ("variable", "value"),
    [("WEBHOOK_SECRET_ARN", "webhook"), ("SITE_B", "site-a"), ("ACCELERATOR_DNS_NAMES", "keycloak.example")],
)
def test_a_malformed_setting_is_named(
    post: Webhook, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(InvalidSetting, match=variable):
        post(body(firing()))


def test_without_dns_names_the_accelerator_is_left_to_the_workflow(
    post: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACCELERATOR_DNS_NAMES", "")
    assert post(body(firing({"accelerator": "a9999999999999999.awsglobalaccelerator.com"})))[0] == 202
