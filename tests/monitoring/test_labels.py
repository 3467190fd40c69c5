"""The alerts that the rules send are alerts that the webhook acts on, and the one for people is not."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml

from fencing.alert import Alert
from fencing.decisions.parse_alerts import ParsedAlerts, parse_alerts
from fencing.settings import Sites
from local.monitoring.plain import PLAIN

NOW = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)
FINGERPRINT = "fefb802a49f43793"
ACCELERATOR = "a3da6a6cbd4e27b02.awsglobalaccelerator.com"
OTHER_SITE = {"site-a": "site-b", "site-b": "site-a"}


def labels_of_alerts(reporter: str) -> Iterator[Mapping[str, str]]:
    """The labels of every alert in a cluster's rules: the rule's own, and those of the metric that it looks at."""
    rules = yaml.safe_load((PLAIN / reporter / "rules.yml").read_text())
    for rule in rules["groups"][0]["rules"]:
        if "alert" in rule:
            metric = {"namespace": "keycloak", "site": OTHER_SITE[reporter]}
            yield metric | rule["labels"] | {"alertname": rule["alert"]}


def parsed(labels: Mapping[str, str]) -> ParsedAlerts:
    alert: Mapping[str, Any] = {
        "status": "firing",
        "labels": labels,
        "annotations": {},
        "startsAt": NOW.isoformat(),
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus.example/graph",
        "fingerprint": FINGERPRINT,
    }
    body = {"version": "4", "alerts": [alert]}
    return parse_alerts(body, sites=Sites("site-a", "site-b"), dns_names=[ACCELERATOR], now=NOW)


@pytest.mark.parametrize("reporter", OTHER_SITE)
def test_the_webhook_acts_on_both_conditions(reporter: str) -> None:
    ours = [labels for labels in labels_of_alerts(reporter) if labels["alertname"] == "SiteOffline"]

    assert [labels["condition"] for labels in ours] == ["link-down", "still-online"]
    for labels in ours:
        found = parsed(labels)
        assert found.refused == ()
        assert found.alerts == (
            Alert(
                accelerator=ACCELERATOR,
                reporter=reporter,
                offline_site=OTHER_SITE[reporter],
                starts_at=NOW.isoformat(),
                fingerprint=FINGERPRINT,
            ),
        )


@pytest.mark.parametrize("reporter", OTHER_SITE)
def test_the_webhook_leaves_the_alert_for_people_alone(reporter: str) -> None:
    [blind] = [labels for labels in labels_of_alerts(reporter) if labels["alertname"] == "FencingBlind"]

    found = parsed(blind)

    assert (found.alerts, found.refused, found.ignored) == ((), (), 1)
