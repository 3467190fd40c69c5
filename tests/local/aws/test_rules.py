"""A template's Rules: which functions they know, and when they let parameters pass."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.local.aws.probes.stacks import deploy
from tests.local.aws.refusals import TOPIC, refusal

pytestmark = pytest.mark.usefixtures("cloudformation")

PARAMETERS = {
    "Name": {"Type": "String", "Default": "a"},
    "Kind": {"Type": "String", "Default": "one"},
    "Size": {"Type": "Number", "Default": 5},
    "Names": {"Type": "CommaDelimitedList", "Default": ""},
}
NAME, KIND, NAMES = {"Ref": "Name"}, {"Ref": "Kind"}, {"Ref": "Names"}
IS_ONE = {"Fn::Equals": [KIND, "one"]}


def template(assertion: Any, condition: Any = None, **more: Any) -> dict[str, Any]:
    rule = {"Assertions": [{"Assert": assertion, "AssertDescription": "They fit."}]}
    if condition is not None:
        rule["RuleCondition"] = condition
    return {"Parameters": PARAMETERS, "Rules": {"R": rule}, "Resources": {"T": TOPIC}, **more}


@pytest.mark.parametrize(
    ("assertion", "condition", "functions"),
    [
        ({"Fn::Equals": [{"Fn::Join": ["", NAMES]}, ""]}, None, "Fn::Join"),
        ({"Fn::Not": [{"Fn::Equals": [{"Fn::Join": ["", NAMES]}, {"Fn::Sub": "${Name}"}]}]}, None, "Fn::Join, Fn::Sub"),
        (IS_ONE, {"Fn::Equals": [{"Fn::Select": [0, NAMES]}, ""]}, "Fn::Select"),
        (IS_ONE, {"Condition": "Large"}, "Condition"),
        ({"Fn::If": ["Large", IS_ONE, IS_ONE]}, None, "Fn::If"),
        ({"Fn::Equals": [{"Fn::GetAtt": ["T", "TopicName"]}, ""]}, None, "Fn::GetAtt"),
    ],
)
def test_rules_know_rule_functions_only(assertion: Any, condition: Any, functions: str):
    assert refusal(template(assertion, condition, Conditions={"Large": {"Fn::Equals": ["a", "a"]}})) == (
        "Template format error: Following functions are not supported in the Rules block of the template: "
        f"[{functions}]"
    )


def test_a_function_is_refused_though_its_rule_does_not_apply():
    never = {"Fn::Equals": ["a", "b"]}
    assert "[Fn::Join]" in refusal(template({"Fn::Equals": [{"Fn::Join": ["", NAMES]}, ""]}, never))


@pytest.mark.parametrize(
    ("assertion", "met", "unmet"),
    [
        (IS_ONE, {"Kind": "one"}, {"Kind": "two"}),
        ({"Fn::Not": [IS_ONE]}, {"Kind": "two"}, {"Kind": "one"}),
        ({"Fn::Equals": [{"Ref": "Size"}, 5]}, {"Size": "5"}, {"Size": "6"}),
        ({"Fn::Equals": [{"Ref": "AWS::Region"}, NAME]}, {"Name": "us-west-2"}, {"Name": "eu-west-1"}),
        ({"Fn::And": [IS_ONE, {"Fn::Equals": [NAME, "b"]}]}, {"Name": "b"}, {"Name": "c"}),
        ({"Fn::Or": [IS_ONE, {"Fn::Equals": [NAME, "b"]}]}, {"Kind": "two", "Name": "b"}, {"Kind": "two"}),
        ({"Fn::Contains": [["a", "b"], NAME]}, {"Name": "b"}, {"Name": "c"}),
        # aws-cloudformation/cfn-lint#979: so an empty list is told from another one.
        ({"Fn::Contains": [NAMES, ""]}, {"Names": ""}, {"Names": "a"}),
        ({"Fn::EachMemberEquals": [NAMES, "a"]}, {"Names": "a, a"}, {"Names": "a,b"}),
        ({"Fn::EachMemberIn": [NAMES, ["a", "b"]]}, {"Names": "b,a"}, {"Names": "b,c"}),
    ],
)
def test_an_assertion_is_evaluated(assertion: Any, met: dict[str, str], unmet: dict[str, str]):
    assert refusal(template(assertion), **unmet) == "They fit."
    assert deploy(json.dumps(template(assertion)), update=False, **met)["StackStatus"] == "CREATE_COMPLETE"


def test_a_condition_decides_whether_a_rule_applies():
    wanted = template({"Fn::Equals": [NAME, "b"]}, IS_ONE)
    assert refusal(wanted, Name="c") == "They fit."
    assert deploy(json.dumps(wanted), Name="c", Kind="two")["StackStatus"] == "CREATE_COMPLETE"


@pytest.mark.parametrize(
    ("assertion", "message"),
    [
        ({"Fn::Equals": [NAMES, ""]}, "every Fn::Equals object requires a list of 2 string parameters."),
        ({"Fn::Equals": [NAME]}, "every Fn::Equals object requires a list of 2 string parameters."),
        (
            {"Fn::And": [IS_ONE]},
            "every Fn::And object requires a list of at least 2 and at most 10 boolean parameters.",
        ),
        ({"Fn::Not": [NAME]}, "every Fn::Not object requires one boolean parameter."),
        ({"Fn::Contains": [NAME, "a"]}, "Fn::Contains in the Rules block can't take ['a', 'a']"),
        ({"Fn::Equals": [{"Ref": "T"}, ""]}, "Unresolved dependencies [T] in the Rules block of the template"),
        (NAME, "Rule R must evaluate to true or false"),
        ({"Fn::RefAll": "AWS::EC2::VPC::Id"}, "The local CloudFormation doesn't support Fn::RefAll in Rules"),
    ],
)
def test_an_assertion_that_cannot_be_evaluated_is_refused(assertion: Any, message: str):
    assert message in refusal(template(assertion))


def test_a_rule_without_assertions_is_none():
    assert "Rule R must contain Assertions" in refusal(
        {"Parameters": PARAMETERS, "Rules": {"R": {"Assertion": []}}, "Resources": {"T": TOPIC}}
    )
