"""The five functions of the workflow through their handlers, each fed with what the ones before it answered."""

from __future__ import annotations

import copy
import json
from typing import Any

import boto3
import pytest

import claim_fence.app
import take_site_offline.app
import update_endpoint_group.app
from local.aws import InProcessAws
from local.sites.simulated.pair import SimulatedPair
from tests.unit.aws_resources import create_fence_table, create_secret, edge
from tests.unit.builders import DNS_NAME, NOW, alert
from tests.unit.handlers.conftest import FUNCTIONS, Invoke
from tests.unit.logged import Logged

EXECUTION = "site-a-site-b-0123456789abcdef-0"
STEPS = FUNCTIONS[1:]


@pytest.fixture
def environment(aws: InProcessAws, sites: SimulatedPair, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    edge()
    sites.link.cut()
    for name, value in {
        "SITE_A": "site-a",
        "SITE_B": "site-b",
        "ACCELERATOR_DNS_NAMES": DNS_NAME,
        "ACCELERATOR_ARNS": "",
        "SITE_A_INFINISPAN_URL": sites.sites["site-a"].url,
        "SITE_B_INFINISPAN_URL": sites.sites["site-b"].url,
        "INFINISPAN_CA_CERTIFICATE": sites.authority.pem,
        "INFINISPAN_SECRET_ARN": create_secret(sites.admin.name, sites.admin.password, "infinispan"),
        "FENCE_TABLE": create_fence_table(),
        "HOLD_DOWN_SECONDS": "600",
    }.items():
        monkeypatch.setenv(name, value)
    for module in (claim_fence.app, update_endpoint_group.app):
        monkeypatch.setattr(module, "utc_now", lambda: NOW)
    for module in (take_site_offline.app, update_endpoint_group.app):
        monkeypatch.setattr(module, "pause", lambda seconds: None)
    return monkeypatch


def walk(invoke: Invoke, reporter: str = "site-a", site: str = "site-b") -> dict[str, dict[str, Any]]:
    """Call the functions as the definition does; returns the answer of each that was called."""
    state: dict[str, Any] = {"execution": EXECUTION, "alert": alert(reporter, site).to_state(), "check_number": 1}
    answers: dict[str, dict[str, Any]] = {}
    for step in STEPS:
        answers[step] = json.loads(json.dumps(invoke(step, copy.deepcopy(state))))
        state |= answers[step]
        if "outcome" in state:
            break
    return answers


def test_the_way_of_an_alert(environment: pytest.MonkeyPatch, invoke: Invoke, sites: SimulatedPair) -> None:
    answers = walk(invoke)
    assert (answers["check_reporter"]["verdict"], answers["check_reporter"]["evidence"]) == ("Proceed", "Gone")
    assert answers["claim_fence"]["fence"] == {"gen": 1, "survivor": "site-a", "fenced": "site-b"}
    assert answers["update_endpoint_group"]["removed"] == 1
    assert answers["take_site_offline"]["outcome"]["code"] == "Fenced"
    assert answers["take_site_offline"]["outcome"]["sentence"] == (
        f"Fenced site-b: site-a alone serves {DNS_NAME}; its Infinispan dropped site-b."
    )
    assert [operation.site for operation in sites.sites["site-a"].operations] == ["site-b"]
    assert sites.sites["site-b"].operations == ()


def test_the_same_alert_again_finds_everything_done(environment: pytest.MonkeyPatch, invoke: Invoke) -> None:
    walk(invoke)
    assert walk(invoke)["take_site_offline"]["outcome"]["code"] == "FencedAlready"


def test_the_fenced_site_is_told_who_survives(environment: pytest.MonkeyPatch, invoke: Invoke) -> None:
    walk(invoke)
    answers = walk(invoke, "site-b", "site-a")
    assert list(answers) == ["resolve_accelerator", "check_reporter"]
    assert answers["check_reporter"]["verdict"] == "Stop"
    assert answers["check_reporter"]["outcome"]["code"] == "OtherSiteSurvives"


def test_of_two_that_were_both_checked_the_second_claim_is_told_who_was_first(
    environment: pytest.MonkeyPatch, invoke: Invoke
) -> None:
    state = {"execution": EXECUTION, "evidence": "Gone"}
    topology = invoke("resolve_accelerator", {"alert": alert().to_state()})
    first = invoke("claim_fence", state | topology | {"alert": alert().to_state()})
    second = invoke("claim_fence", state | topology | {"alert": alert("site-b", "site-a").to_state()})
    assert first["fence"]["survivor"] == "site-a"
    assert "fence" not in second
    assert second["outcome"]["code"] == "OtherSiteSurvives"


def test_a_decision_that_no_longer_stands_ends_the_execution(environment: pytest.MonkeyPatch, invoke: Invoke) -> None:
    state = invoke("resolve_accelerator", {"alert": alert().to_state()}) | {
        "fence": {"gen": 7, "survivor": "site-a", "fenced": "site-b"}
    }
    assert invoke("update_endpoint_group", state)["outcome"]["code"] == "Superseded"
    assert invoke("take_site_offline", state | {"repeat": False})["outcome"]["code"] == "Superseded"


def test_accelerators_may_be_given_by_arn(environment: pytest.MonkeyPatch, invoke: Invoke) -> None:
    arn = boto3.client("globalaccelerator").list_accelerators()["Accelerators"][0]["AcceleratorArn"]
    environment.setenv("ACCELERATOR_ARNS", arn)
    environment.setenv("ACCELERATOR_DNS_NAMES", "")
    assert walk(invoke)["take_site_offline"]["outcome"]["code"] == "Fenced"


def test_every_log_line_carries_the_executions_name_and_no_password(
    environment: pytest.MonkeyPatch, invoke: Invoke, logged: Logged, sites: SimulatedPair
) -> None:
    walk(invoke)
    assert {line["correlation_id"] for line in logged.lines} == {EXECUTION}
    assert [line["message"] for line in logged.lines][-1] == "execution ends"
    assert sites.admin.password not in logged.text
