"""Settings and input that don't fit are refused by name, before anything is asked or changed."""

from __future__ import annotations

from typing import Any

import pytest

from fencing.errors import InvalidInput, InvalidSetting
from local.aws import InProcessAws
from local.sites.certificates import Authority
from tests.unit.builders import DNS_NAME, alert, topology
from tests.unit.handlers.conftest import Invoke

# Everything that any step reads.
STATE: dict[str, Any] = {
    "execution": "site-a-site-b-0123456789abcdef-0",
    "alert": alert().to_state(),
    "topology": topology().to_state(),
    "check_number": 1,
    "evidence": "Gone",
    "fence": {"gen": 1, "survivor": "site-a", "fenced": "site-b"},
    "repeat": False,
}


@pytest.fixture
def environment(aws: InProcessAws, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """All settings, well formed; there is nothing behind them."""
    for name, value in {
        "SITE_A": "site-a",
        "SITE_B": "site-b",
        "ACCELERATOR_DNS_NAMES": DNS_NAME,
        "ACCELERATOR_ARNS": "",
        "SITE_A_INFINISPAN_URL": "https://infinispan.site-a.example",
        "SITE_B_INFINISPAN_URL": "https://infinispan.site-b.example",
        "INFINISPAN_CA_CERTIFICATE": Authority().pem,
        "INFINISPAN_SECRET_ARN": "arn:aws:secretsmanager:us-west-2:123456789012:secret:infinispan",
        "FENCE_TABLE": "fence",
        "HOLD_DOWN_SECONDS": "600",
    }.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


SETTINGS = {
    "resolve_accelerator": ["SITE_A", "SITE_B"],
    "check_reporter": ["SITE_A", "SITE_A_INFINISPAN_URL", "SITE_B_INFINISPAN_URL", "INFINISPAN_SECRET_ARN"],
    "claim_fence": ["SITE_B", "FENCE_TABLE", "HOLD_DOWN_SECONDS"],
    "update_endpoint_group": ["SITE_A", "FENCE_TABLE"],
    "take_site_offline": ["FENCE_TABLE", "SITE_B", "SITE_B_INFINISPAN_URL", "INFINISPAN_SECRET_ARN"],
}


@pytest.mark.parametrize(("step", "variable"), [(step, name) for step, names in SETTINGS.items() for name in names])
def test_a_missing_setting_is_named(environment: pytest.MonkeyPatch, invoke: Invoke, step: str, variable: str) -> None:
    environment.delenv(variable)
    with pytest.raises(InvalidSetting, match=variable):
        invoke(step, STATE)


@pytest.mark.parametrize(
    ("step", "variable", "value"),
    [
        ("resolve_accelerator", "SITE_A", "site a"),
        ("resolve_accelerator", "ACCELERATOR_DNS_NAMES", ""),
        ("resolve_accelerator", "ACCELERATOR_ARNS", "arn:aws:globalaccelerator::123456789012:accelerator/x"),
        ("check_reporter", "SITE_A_INFINISPAN_URL", "http://infinispan.example"),
        ("check_reporter", "INFINISPAN_CA_CERTIFICATE", "nonsense"),
        ("claim_fence", "HOLD_DOWN_SECONDS", "ten"),
        ("take_site_offline", "SITE_B_INFINISPAN_URL", "https://infinispan.example/rest"),
    ],
)
def test_a_malformed_setting_is_named(
    environment: pytest.MonkeyPatch, invoke: Invoke, step: str, variable: str, value: str
) -> None:
    environment.setenv(variable, value)
    with pytest.raises(InvalidSetting, match=variable):
        invoke(step, STATE)


READS = {
    "resolve_accelerator": ["alert"],
    "check_reporter": ["alert", "topology", "check_number"],
    "claim_fence": ["alert", "topology", "evidence", "execution"],
    "update_endpoint_group": ["fence", "topology"],
    "take_site_offline": ["fence", "topology", "repeat"],
}


@pytest.mark.parametrize(("step", "field"), [(step, field) for step, fields in READS.items() for field in fields])
def test_input_that_does_not_fit_is_refused_by_the_name_of_the_field(
    environment: pytest.MonkeyPatch, invoke: Invoke, step: str, field: str
) -> None:
    for unfit in ({name: value for name, value in STATE.items() if name != field}, STATE | {field: None}):
        with pytest.raises(InvalidInput, match=field):
            invoke(step, unfit)


def test_an_execution_without_an_alert_is_refused_before_anything_is_asked(
    environment: pytest.MonkeyPatch, invoke: Invoke
) -> None:
    with pytest.raises(InvalidInput, match=r"alert\.accelerator"):
        invoke("resolve_accelerator", {"alert": None})
