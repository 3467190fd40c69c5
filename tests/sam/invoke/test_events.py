"""The sample events are complete, and what is really sent."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest

from local.stack.sam_local.matching import shape
from local.stack.sam_local.recording import EVENTS, STEPS, record_step_events
from local.stack.sam_local.samples import SAMPLES

FILES = sorted(str(path.relative_to(EVENTS)) for path in EVENTS.glob("*/*.json") if path.parent.name != "alertmanager")
BODIES = [json.loads(path.read_text()) for path in sorted((EVENTS / "alertmanager").glob("*.json"))]
MADE_UP = {"webhook/get.json", "webhook/not_json.json"}


def read(name: str) -> Any:
    return json.loads((EVENTS / name).read_text())


def test_each_event_is_invoked_and_described() -> None:
    rows = re.findall(r"^\| `([^`]+)` \|", Path(EVENTS, "README.md").read_text(), re.MULTILINE)
    assert sorted(sample.event for sample in SAMPLES) == FILES
    assert sorted(rows) == FILES


@pytest.fixture(scope="module")
def recorded() -> dict[str, Any]:
    good = read("resolve_accelerator/good.json")
    return record_step_events(good["alert"], good["execution"])


@pytest.mark.parametrize("step", STEPS)
def test_a_good_event_has_the_shape_of_what_the_definition_sends(step: str, recorded: dict[str, Any]) -> None:
    assert shape(read(f"{step}/good.json")) == shape(recorded[step])


@pytest.mark.parametrize("step", STEPS)
def test_a_good_event_is_of_the_same_alert_and_decision_as_the_others(step: str, recorded: dict[str, Any]) -> None:
    good = read(f"{step}/good.json")
    same = ("execution", "alert", "fence", "evidence")
    assert {key: good[key] for key in same if key in good} == {
        key: recorded[step][key] for key in same if key in recorded[step]
    }


@pytest.mark.parametrize("name", [name for name in FILES if name.startswith("webhook/") and name not in MADE_UP])
def test_a_webhook_event_carries_what_an_alertmanager_sent(name: str) -> None:
    event = read(name)
    body = json.loads(base64.b64decode(event["body"]) if event["isBase64Encoded"] else event["body"])
    # No alert of another name was captured.
    assert json.loads(json.dumps(body).replace("Watchdog", "SiteOffline")) in BODIES


@pytest.mark.parametrize("name", [name for name in FILES if name.startswith("webhook/")])
def test_a_webhook_event_has_what_a_function_url_hands_over(name: str) -> None:
    event = read(name)
    assert event["version"] == "2.0"
    assert event["requestContext"]["http"].keys() == {"method", "path", "protocol", "sourceIp", "userAgent"}
    assert event["headers"]["host"] == event["requestContext"]["domainName"]
    assert all(header == header.lower() for header in event["headers"])
