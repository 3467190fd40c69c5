"""The bodies that scenarios post are those of a real Alertmanager, or like them."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.scenarios.alertmanager import CAPTURED_BODIES, CapturedBody, FiringAlert, fingerprint, webhook_body

NOW = datetime(2026, 11, 22, 18, 32, 38, 147000, tzinfo=UTC)
CAPTURED = sorted(path.name for path in CAPTURED_BODIES.glob("*.json"))


def captured(name: str) -> Any:
    return json.loads((CAPTURED_BODIES / name).read_bytes())


def test_there_are_captured_bodies() -> None:
    assert len(CAPTURED) == 8


@pytest.mark.parametrize("name", CAPTURED)
def test_fingerprints_are_alertmanagers(name: str) -> None:
    for alert in captured(name)["alerts"]:
        assert fingerprint(alert["labels"]) == alert["fingerprint"]


def test_a_body_is_as_the_captured_one_but_for_names_that_do_not_matter() -> None:
    made = json.loads(FiringAlert("site-a", "site-b").body(NOW))
    real = captured("01-firing-single.am-0.28.1.json")
    for body in (made, real):
        del body["receiver"]
        del body["alerts"][0]["generatorURL"]
    assert made == real


def test_a_group_has_the_labels_in_common_that_are_the_same() -> None:
    body = json.loads(webhook_body([FiringAlert("site-a", "site-b"), FiringAlert("site-a", "site-c")], NOW))
    assert "site" not in body["commonLabels"]
    assert body["commonLabels"]["reporter"] == "site-a"


def test_an_alert_may_have_fired_for_a_while() -> None:
    body = json.loads(FiringAlert("site-a", "site-b", seconds_ago=300).body(NOW))
    assert datetime.fromisoformat(body["alerts"][0]["startsAt"]) == NOW - timedelta(minutes=5)


def test_a_captured_body_is_posted_byte_by_byte() -> None:
    assert CapturedBody(CAPTURED[0]).body(NOW) == (CAPTURED_BODIES / CAPTURED[0]).read_bytes()
