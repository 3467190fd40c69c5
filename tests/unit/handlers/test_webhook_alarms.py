"""Of what the webhook answers, the template's metric filters count what somebody must hear of; they read its log."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.unit.builders import body, firing
from tests.unit.filter_patterns import matches
from tests.unit.handlers.conftest import Webhook
from tests.unit.handlers.requests import RIGHT, WRONG
from tests.unit.logged import Logged

TEMPLATE = yaml.load((Path(__file__).parents[3] / "template.yaml").read_text(), Loader=yaml.BaseLoader)
FILTERS = {
    name: resource["Properties"]["FilterPattern"]
    for name, resource in TEMPLATE["Resources"].items()
    if resource["Type"] == "AWS::Logs::MetricFilter"
}
REJECTED, WRONG_CREDENTIALS = {"RejectedRequests": 1}, {"WrongCredentials": 1}


@pytest.mark.parametrize(
    ("document", "kwargs", "counted"),
    [
        pytest.param(body(firing()), {}, {}, id="202"),
        pytest.param(body(), {}, {}, id="200"),
        pytest.param("nonsense", {}, REJECTED, id="400"),
        pytest.param("", {"method": "GET"}, REJECTED, id="405"),
        pytest.param("x" * 300_000, {}, REJECTED, id="413"),
        pytest.param(body(firing({"site": "site-c"})), {}, REJECTED, id="422, one alert"),
        pytest.param(body(firing({"site": "site-c"}), firing({"site": None})), {}, REJECTED, id="422, two alerts"),
        pytest.param(body(firing()), {"authorization": WRONG}, WRONG_CREDENTIALS, id="401, wrong"),
        pytest.param(body(firing()), {"authorization": None}, {}, id="401, no credentials"),
        pytest.param(body(firing()), {"authorization": "Bearer x"}, {}, id="401, another scheme"),
        pytest.param(body(firing()), {"authorization": RIGHT[:-1]}, {}, id="401, malformed"),
        pytest.param("nonsense", {"authorization": None, "method": "GET"}, {}, id="401, a stranger"),
    ],
)
def test_the_filters_count_a_request_once(
    post: Webhook, logged: Logged, document: Any, kwargs: dict[str, Any], counted: dict[str, int]
) -> None:
    post(document, **kwargs)
    assert {name: n for name, pattern in FILTERS.items() if (n := count(pattern, logged))} == counted


def test_a_503_is_left_to_the_alarm_on_5xx(post: Webhook, logged: Logged, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATE_MACHINE_ARN", post.state_machine + "-missing")
    status, _ = post(body(firing()))
    assert status == 503
    assert [count(pattern, logged) for pattern in FILTERS.values()] == [0, 0]


def test_lambdas_own_lines_are_not_counted() -> None:
    report = "REPORT RequestId: 00000000-0000-4000-8000-000000000000 Duration: 400.00 ms"
    assert not any(matches(pattern, report) for pattern in FILTERS.values())


def test_an_unknown_pattern_is_no_match_by_mistake() -> None:
    with pytest.raises(ValueError, match="not understood"):
        matches('{ ($.message = "a") || ($.status = 1) }', json.dumps({"message": "a"}))


def count(pattern: str, logged: Logged) -> int:
    return sum(matches(pattern, line) for line in logged.text.splitlines())
