"""What may be given together is checked before anything is deployed, and the refusal says what to give."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from local import aws
from tests.template.transformed import GOLDEN, PARAMETERS, transformed_template

TEMPLATE = transformed_template()
# Template reference, "Rule-specific intrinsic functions", "Supported functions": nothing else may be nested in a rule.
ALLOWED_IN_RULES = {
    *("Ref", "Fn::And", "Fn::Contains", "Fn::EachMemberEquals", "Fn::EachMemberIn", "Fn::Equals", "Fn::Not", "Fn::Or"),
    *("Fn::RefAll", "Fn::ValueOf", "Fn::ValueOfAll"),
}
DNS_NAME = "a3da6a6cbd4e27b02.awsglobalaccelerator.com"
DUAL_STACK = "a3da6a6cbd4e27b02.dualstack.awsglobalaccelerator.com"
ACCELERATOR = "arn:aws:globalaccelerator::123456789012:accelerator/9b6409c0-ce7f-4152-bc0d-cc8bf6bafdd1"
OF_SITE_A = "arn:aws:elasticloadbalancing:eu-west-1:210987654321:loadbalancer/net/keycloak-site-a/39a7f8d15b616834"
OF_SITE_B = OF_SITE_A.replace("site-a", "site-b").replace("eu-west-1", "eu-central-1")

NO_ACCELERATOR = "No accelerator is given. Give AcceleratorDnsNames or AcceleratorArns."
TWICE = "The accelerators are given twice. Leave AcceleratorDnsNames or AcceleratorArns empty."
LOAD_BALANCERS = "Give SiteALoadBalancerArns and SiteBLoadBalancerArns, or neither."
SUBNETS = "Give SubnetIds and SecurityGroupIds, or neither."
SAME_SITES = "SiteA and SiteB are the same. Give the names of two sites."


@pytest.fixture(scope="module", autouse=True)
def _account() -> Iterator[None]:
    aws.install()
    with mock_aws():
        yield


def propose(given: Mapping[str, str]) -> None:
    """Make a change set with these parameters and those that have no default, as `sam deploy` begins."""
    boto3.client("cloudformation").create_change_set(
        StackName=f"s{uuid.uuid4().hex}",
        ChangeSetName="first",
        ChangeSetType="CREATE",
        TemplateBody=GOLDEN.read_text(),
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in {**PARAMETERS, **given}.items()],
        Capabilities=["CAPABILITY_IAM"],
    )


@pytest.mark.parametrize(
    "given",
    [
        {"AcceleratorDnsNames": DNS_NAME},
        {"AcceleratorDnsNames": f"{DNS_NAME},{DUAL_STACK}"},
        {"AcceleratorArns": ACCELERATOR},
        {"AcceleratorArns": f"{ACCELERATOR},{ACCELERATOR}"},
        {"SubnetIds": "subnet-0a,subnet-0b", "SecurityGroupIds": "sg-0a"},
        {"SiteALoadBalancerArns": f"{OF_SITE_A},{OF_SITE_A}", "SiteBLoadBalancerArns": OF_SITE_B},
        {"HoldDownSeconds": "300"},
        {"HoldDownSeconds": "86400"},
    ],
)
def test_what_fits_together_is_taken(given: Mapping[str, str]) -> None:
    propose({"AcceleratorDnsNames": "" if "AcceleratorArns" in given else DNS_NAME, **given})


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, NO_ACCELERATOR),
        ({"AcceleratorDnsNames": DNS_NAME, "AcceleratorArns": ACCELERATOR}, TWICE),
        ({"AcceleratorDnsNames": DNS_NAME, "SubnetIds": "subnet-0a"}, SUBNETS),
        ({"AcceleratorDnsNames": DNS_NAME, "SecurityGroupIds": "sg-0a"}, SUBNETS),
        ({"AcceleratorDnsNames": DNS_NAME, "SiteALoadBalancerArns": OF_SITE_A}, LOAD_BALANCERS),
        ({"AcceleratorDnsNames": DNS_NAME, "SiteBLoadBalancerArns": OF_SITE_B}, LOAD_BALANCERS),
        ({"AcceleratorDnsNames": DNS_NAME, "SiteA": "site-b"}, SAME_SITES),
        (
            {"AcceleratorDnsNames": f"{DNS_NAME}, {DUAL_STACK}"},
            "AcceleratorDnsNames.*separated by commas without spaces",
        ),
        ({"AcceleratorDnsNames": DNS_NAME, "HoldDownSeconds": "600.5"}, "a whole number of seconds from 300 to 99999"),
    ],
)
def test_what_does_not_fit_is_refused_with_what_to_give(given: Mapping[str, str], sentence: str) -> None:
    with pytest.raises(ClientError, match=sentence):
        propose(given)


def fits(parameter: str, value: str) -> bool:
    """Whether CloudFormation takes the value: AllowedPattern is for all of it."""
    return re.fullmatch(TEMPLATE["Parameters"][parameter]["AllowedPattern"], value) is not None


@pytest.mark.parametrize(
    ("parameter", "item"),
    [
        ("AcceleratorDnsNames", DNS_NAME),
        ("AcceleratorArns", ACCELERATOR),
        ("SiteALoadBalancerArns", OF_SITE_A),
        ("SiteBLoadBalancerArns", OF_SITE_B),
        ("SubnetIds", "subnet-0a"),
        ("SecurityGroupIds", "sg-0a"),
    ],
)
@pytest.mark.parametrize("shape", ["{},", ",{}", "{},,{}", "{}, {}", "{} ,{}", "{}{}", "{};{}", "{}\n", ".{}", ","])
def test_a_malformed_list_is_refused(parameter: str, item: str, shape: str) -> None:
    assert [fits(parameter, good) for good in ("", item, f"{item},{item}")] == [True, True, True]
    assert not fits(parameter, shape.format(item, item))


@pytest.mark.parametrize("seconds", ["299", "99", "600.5", "6e2", "-600", "0600", "100000", "ten", ""])
def test_the_hold_down_is_a_whole_number(seconds: str) -> None:
    assert not fits("HoldDownSeconds", seconds)


def functions_of(part: Any) -> Iterator[str]:
    if isinstance(part, Mapping):
        yield from (key for key in part if key == "Ref" or key.startswith("Fn::"))
        for inner in part.values():
            yield from functions_of(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from functions_of(inner)


def test_rules_use_only_what_cloudformation_evaluates_there() -> None:
    assert {"Ref", "Fn::Equals"} <= set(functions_of(TEMPLATE["Rules"])) <= ALLOWED_IN_RULES


def test_every_rule_says_what_to_give() -> None:
    assertions = [assertion for rule in TEMPLATE["Rules"].values() for assertion in rule["Assertions"]]
    assert {assertion["AssertDescription"] for assertion in assertions} == {
        *(NO_ACCELERATOR, TWICE, LOAD_BALANCERS, SUBNETS, SAME_SITES),
    }
