"""Every sample event: the world that it meets, what the function answers, and what is different afterwards."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from local.stack.embedded import EmbeddedStack
from local.stack.sam_local.environment import put_record

Arrange = Callable[[EmbeddedStack], None]


@dataclass(frozen=True)
class Sample:
    """A sample event and what is expected of it.

    event: a path below events/. answer: a part of the function's answer. after: the parts of `matching.state` that the
    event changes; everything else must stay as it was.
    """

    event: str
    given: str
    arrange: Arrange
    answer: Mapping[str, Any]
    after: Mapping[str, Any] = field(default_factory=dict)


def error(name: str, message: str) -> Mapping[str, Any]:
    return {"errorType": name, "errorMessage": re.compile(message)}


def all_is_well(stack: EmbeddedStack) -> None:
    """As after the reset."""


def site_b_is_gone(stack: EmbeddedStack) -> None:
    stack.world.kill("site-b")


def site_b_is_gone_and_a_claimed(stack: EmbeddedStack) -> None:
    stack.world.kill("site-b")
    put_record(stack, phase="FENCING")


def site_b_is_gone_and_out(stack: EmbeddedStack) -> None:
    stack.world.kill("site-b")
    stack.world.take_out("site-b")
    put_record(stack, phase="FENCED")


def site_b_was_fenced_and_is_back(stack: EmbeddedStack) -> None:
    put_record(stack, phase="FENCED")


def cut_and_a_claimed(stack: EmbeddedStack) -> None:
    stack.world.cut()
    put_record(stack, phase="FENCING")


def cut_and_b_unhealthy(stack: EmbeddedStack) -> None:
    stack.world.cut()
    stack.world.health("site-b", "UNHEALTHY")


def a_newer_decision_stands(stack: EmbeddedStack) -> None:
    stack.world.cut()
    put_record(stack, phase="FENCING", gen=2)


FENCING = "FENCING 1: site-a survives site-b"
FENCED = "FENCED 1: site-a survives site-b"
EXECUTION = re.compile(r"^site-a-site-b-[0-9a-f]{16}-\d+$")
STARTED = {
    "statusCode": 202,
    "body": {"executions": [{"reporter": "site-a", "site": "site-b", "execution": EXECUTION}]},
}
FENCED_BY_THE_WORKFLOW = {
    "in the accelerator": ["site-a"],
    "site-a says of site-b": "offline",
    "record": FENCED,
    "executions": ["Fenced"],
}
LOAD_BALANCER = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/net/keycloak"
TOPOLOGY = {
    "accelerators": [{"dns_names": ["a3da6a6cbd4e27b02.awsglobalaccelerator.com"]}],
    "sites": {
        f"{LOAD_BALANCER}-site-a/4799b016984fe79e": "site-a",
        f"{LOAD_BALANCER}-site-b/aea1ac61c6cfc669": "site-b",
    },
}

SAMPLES = (
    Sample("webhook/firing.json", "site-b is gone", site_b_is_gone, STARTED, FENCED_BY_THE_WORKFLOW),
    Sample("webhook/firing_base64.json", "site-b is gone", site_b_is_gone, STARTED, FENCED_BY_THE_WORKFLOW),
    Sample(
        "webhook/one_good_one_unknown_site.json",
        "site-b is gone",
        site_b_is_gone,
        {
            "statusCode": 422,
            "body": {
                "executions": [{"execution": EXECUTION}],
                "refused": [{"alert": 1, "reason": re.compile("'site' names none of this stack's sites")}],
            },
        },
        FENCED_BY_THE_WORKFLOW,
    ),
    Sample("webhook/unknown_site.json", "all is well", all_is_well, {"statusCode": 422, "body": {"executions": []}}),
    Sample("webhook/resolved.json", "all is well", all_is_well, {"statusCode": 200, "body": {"ignored": 1}}),
    Sample("webhook/other_alert.json", "all is well", all_is_well, {"statusCode": 200, "body": {"ignored": 1}}),
    Sample(
        "webhook/no_credentials.json",
        "site-b is gone",
        site_b_is_gone,
        {"statusCode": 401, "headers": {"www-authenticate": re.compile("^Basic ")}},
    ),
    Sample("webhook/wrong_password.json", "site-b is gone", site_b_is_gone, {"statusCode": 401}),
    Sample("webhook/get.json", "all is well", all_is_well, {"statusCode": 405, "headers": {"allow": "POST"}}),
    Sample("webhook/not_json.json", "all is well", all_is_well, {"statusCode": 400}),
    Sample("resolve_accelerator/good.json", "site-b is gone", site_b_is_gone, {"topology": TOPOLOGY}),
    Sample(
        "resolve_accelerator/unknown_accelerator.json",
        "all is well",
        all_is_well,
        error("AcceleratorNotFound", "a0123456789abcdef.* is not one of this stack's"),
    ),
    Sample(
        "resolve_accelerator/no_accelerator.json",
        "all is well",
        all_is_well,
        error("InvalidInput", "'alert.accelerator' should be a str, but is missing"),
    ),
    Sample("check_reporter/good.json", "site-b is gone", site_b_is_gone, {"verdict": "Proceed", "evidence": "Gone"}),
    Sample(
        "check_reporter/false_alarm.json",
        "all is well",
        all_is_well,
        {"verdict": "Stop", "evidence": "InView", "outcome": {"code": "FalseAlarm"}},
    ),
    Sample(
        "check_reporter/unhealthy_reporter.json",
        "the sites are cut, site-b is UNHEALTHY",
        cut_and_b_unhealthy,
        {"verdict": "Stop", "outcome": {"code": "Refused", "sentence": re.compile("site-b is UNHEALTHY")}},
    ),
    Sample(
        "check_reporter/no_topology.json", "all is well", all_is_well, error("InvalidInput", "'topology.* is missing")
    ),
    Sample(
        "claim_fence/good.json",
        "site-b is gone",
        site_b_is_gone,
        {"fence": {"gen": 1, "survivor": "site-a", "fenced": "site-b"}},
        {"record": FENCING},
    ),
    Sample(
        "claim_fence/other_site_survives.json",
        "the sites are cut, site-a has claimed",
        cut_and_a_claimed,
        {"outcome": {"code": "OtherSiteSurvives"}},
    ),
    Sample(
        "claim_fence/unknown_evidence.json",
        "site-b is gone",
        site_b_is_gone,
        error("InvalidInput", "'evidence' should be one of"),
    ),
    Sample(
        "update_endpoint_group/good.json",
        "site-b is gone, site-a has claimed",
        site_b_is_gone_and_a_claimed,
        {"removed": 1},
        {"in the accelerator": ["site-a"], "record": FENCED},
    ),
    Sample(
        "update_endpoint_group/superseded.json",
        "the sites are cut, generation 2 is site-a's",
        a_newer_decision_stands,
        {"removed": 0, "outcome": {"code": "Superseded"}},
    ),
    Sample(
        "update_endpoint_group/generation_as_text.json",
        "site-b is gone, site-a has claimed",
        site_b_is_gone_and_a_claimed,
        error("InvalidInput", "'fence.gen' should be a int"),
    ),
    Sample(
        "take_site_offline/good.json",
        "site-b is gone and out of the accelerator",
        site_b_is_gone_and_out,
        {"outcome": {"code": "Fenced"}},
        {"site-a says of site-b": "offline"},
    ),
    Sample(
        "take_site_offline/fenced_site_is_back.json",
        "site-b was fenced, but is in the accelerator",
        site_b_was_fenced_and_is_back,
        error("EndpointStillListed", "site-b is in the accelerator again"),
    ),
    Sample(
        "take_site_offline/no_fence.json",
        "site-b is gone and out of the accelerator",
        site_b_is_gone_and_out,
        error("InvalidInput", "'fence.gen' should be a int, but is missing"),
    ),
)
