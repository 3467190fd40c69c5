"""What CloudFormation refuses in a template itself: its text, its anatomy, and references that lead nowhere."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from tests.local.aws.functions import TRUST
from tests.local.aws.probes.stacks import deploy, store
from tests.local.aws.refusals import TOPIC, refusal

pytestmark = pytest.mark.usefixtures("cloudformation")

UNRESOLVED = "Unresolved resource dependencies [Nothing] in the {} block of the template"


def with_topic(**properties: Any) -> dict[str, Any]:
    """Sections whose only resource is a topic with these properties."""
    return {"Resources": {"T": {**TOPIC, "Properties": properties}}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "Resources: { A: &topic { Type: AWS::SNS::Topic }, B: *topic }",
            "Template error: YAML aliases are not allowed in CloudFormation templates",
        ),
        ("Resources: { A: ", "Template format error: YAML not well-formed. (line 1, column 17)"),
        ("just a text", "Template format error: unsupported structure."),
        (
            f"Description: {'x' * 51_200}",
            "at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to 51200",
        ),
    ],
    ids=["alias", "not YAML", "no mapping", "too long"],
)
def test_a_text_that_is_no_template_is_refused(text: str, message: str):
    assert refusal(text).endswith(message)


def test_an_anchor_without_an_alias_is_none_of_its_business():
    assert deploy("Resources: { A: &topic { Type: AWS::SNS::Topic } }")["StackStatus"] == "CREATE_COMPLETE"


def test_a_template_in_s3_has_a_limit_as_well():
    store("template", json.dumps({**with_topic(), "Metadata": {"x": "x" * 1_000_000}}).encode())
    with pytest.raises(boto3.client("cloudformation").exceptions.ClientError) as caught:
        boto3.client("cloudformation").create_change_set(
            StackName="s",
            ChangeSetName="c",
            ChangeSetType="CREATE",
            TemplateURL="https://s3.amazonaws.com/bucket/template",
        )
    assert caught.value.response["Error"]["Message"] == "Template may not exceed 1000000 bytes in size."


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        ({}, "Template format error: At least one Resources member must be defined."),
        ({**with_topic(), "Resourcess": {}}, "Invalid template property or properties [Resourcess]"),
        (
            {**with_topic(), "Description": "x" * 1025},
            "Template format error: 'Description' length is greater than 1024.",
        ),
        ({"Resources": {"A-b": TOPIC}}, "Template format error: Resource name A-b is non alphanumeric."),
        ({"Resources": {"A": "x"}}, "Template format error: Any Resources member must be an object."),
        (
            {"Resources": {"A": {"Properties": {}}}},
            "Template format error: [/Resources/A] Every Resources object must contain a Type member.",
        ),
        ({"Resources": {"A": {**TOPIC, "Invalid": 1}}}, "Invalid template resource property 'Invalid'"),
        (
            {"Resources": {f"T{number}": TOPIC for number in range(501)}},
            "Template format error: Number of resources, 501, is greater than maximum allowed, 500",
        ),
        (with_topic(TopicName=None), "[/Resources/T/Properties/TopicName] 'null' values are not allowed in templates"),
        (
            {**with_topic(), "Outputs": {"O": {}}},
            "Template format error: Every Outputs member must contain a Value object",
        ),
        (
            {**with_topic(), "Outputs": {"O": {"Value": {"Fn::Equals": ["a", "b"]}}}},
            "Template format error: The Value field of every Outputs member must evaluate to a String.",
        ),
        (
            {**with_topic(), "Transform": "Mine"},
            "No transform named Mine found. The local CloudFormation has SAM's only",
        ),
    ],
)
def test_a_template_that_is_not_well_formed_is_refused(sections: dict[str, Any], message: str):
    assert refusal(sections) == message


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ({"Fn::Ref": "T"}, "Template error: Encountered unsupported function: Fn::Ref Supported functions are: ["),
        ({"Fn::Equals": ["a", "a"]}, "Template error: Encountered unsupported function: Fn::Equals"),
        ({"Fn::Cidr": ["10.0.0.0/8", 1, 8]}, "The local CloudFormation doesn't support Fn::Cidr"),
        ({"Fn::Join": ["a", "b", "c"]}, "Template error: every Fn::Join object requires two parameters, (1) a string"),
        (
            {"Fn::Sub": ["a"]},
            "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments.",
        ),
        ({"Fn::GetAtt": "T"}, "Template error: every Fn::GetAtt object requires two non-empty parameters"),
        ({"Fn::If": ["a", "b"]}, "Template error: Fn::If requires a list argument with three elements"),
        ({"Fn::If": ["Nothing", "a", "b"]}, "Template error: unresolved condition dependency Nothing in Fn::If"),
    ],
)
def test_a_function_that_is_none_or_called_wrongly_is_refused(argument: Any, message: str):
    assert refusal(with_topic(TopicName=argument)).startswith(message)


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ({"Ref": "Nothing"}, f"Template format error: {UNRESOLVED.format('Resources')}"),
        ({"Fn::Sub": "${Nothing}-x"}, f"Template format error: {UNRESOLVED.format('Resources')}"),
        ({"Fn::Sub": ["${Nothing}-${Own}", {"Own": 1}]}, f"Template format error: {UNRESOLVED.format('Resources')}"),
        (
            {"Fn::GetAtt": ["Nothing", "Arn"]},
            "Template error: instance of Fn::GetAtt references undefined resource Nothing",
        ),
        (
            {"Fn::Sub": "${Nothing.Arn}"},
            "Template error: instance of Fn::GetAtt references undefined resource Nothing",
        ),
        (
            {"Fn::GetAtt": ["Other", "Arn"]},
            "Template error: resource Other does not support attribute type Arn in Fn::GetAtt",
        ),
        (
            {"Fn::Sub": "${Other.Arn}"},
            "Template error: resource Other does not support attribute type Arn in Fn::GetAtt",
        ),
        ({"Fn::GetAtt": ["T", "TopicName"]}, "Circular dependency between resources: [T]"),
    ],
)
def test_a_reference_that_leads_nowhere_is_refused(argument: Any, message: str):
    sections = with_topic(TopicName=argument)
    sections["Resources"]["Other"] = TOPIC
    assert refusal(sections) == message


def test_an_output_of_nothing_is_refused():
    assert refusal({**with_topic(), "Outputs": {"O": {"Value": {"Ref": "Nothing"}}}}) == UNRESOLVED.format("Outputs")


def test_waiting_for_nothing_is_refused():
    sections = {"Resources": {"T": {**TOPIC, "DependsOn": ["Nothing"]}}}
    assert refusal(sections) == f"Template format error: {UNRESOLVED.format('Resources')}"


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        (
            {"Fn::Equals": [{"Ref": "T"}, "x"]},
            "Template format error: Unresolved dependencies [T]. Cannot reference resources in the Conditions block",
        ),
        (
            {"Fn::Equals": [{"Fn::GetAtt": ["T", "TopicName"]}, "x"]},
            "Template format error: Unresolved dependencies [T]. Cannot reference resources in the Conditions block",
        ),
        (
            {"Fn::Equals": [{"Ref": "Names"}, ""]},
            "Template error: every Fn::Equals object requires a list of 2 string parameters.",
        ),
        (
            {"Fn::Not": [{"Condition": "Nothing"}]},
            "Template error: unresolved condition dependency Nothing in Condition",
        ),
        ({"Fn::Not": [{"Condition": "C"}]}, "Circular dependency between conditions: [C]"),
        ({"Fn::Equals": [{"Fn::ImportValue": "x"}, "x"]}, "Template error: Cannot use Fn::ImportValue in Conditions."),
        ({"Fn::Contains": [["a"], "a"]}, "Template error: Encountered unsupported function: Fn::Contains"),
    ],
)
def test_a_condition_that_cannot_be_asked_is_refused(condition: Any, message: str):
    names = {"Names": {"Type": "CommaDelimitedList", "Default": ""}}
    assert refusal({**with_topic(), "Parameters": names, "Conditions": {"C": condition}}).startswith(message)


def test_a_resource_of_an_unknown_condition_is_refused():
    assert refusal({"Resources": {"T": {**TOPIC, "Condition": "Nothing"}}}) == (
        "Template format error: Unresolved condition dependency Nothing in the Resources block of the template"
    )


NEVER = {"Conditions": {"Never": {"Fn::Equals": ["a", "b"]}}}


@pytest.mark.parametrize("block", ["Resources", "Outputs"])
def test_what_is_not_made_cannot_be_referred_to(block: str):
    other = {**TOPIC, "Condition": "Never"}
    sections: dict[str, Any] = {**NEVER, "Resources": {"T": TOPIC, "Nothing": other}}
    if block == "Resources":
        sections["Resources"]["T"] = {**TOPIC, "Properties": {"DisplayName": {"Ref": "Nothing"}}}
    else:
        sections["Outputs"] = {"O": {"Value": {"Fn::Sub": "${Nothing.TopicName}"}}}
    assert refusal(sections).endswith(UNRESOLVED.format(block))


def test_a_branch_that_is_not_taken_may_refer_to_what_is_not_made():
    chosen = {"Fn::If": ["Never", {"Ref": "Other"}, {"Ref": "AWS::NoValue"}]}
    sections = {
        **NEVER,
        "Resources": {"T": {**TOPIC, "Properties": {"DisplayName": chosen}}, "Other": {**TOPIC, "Condition": "Never"}},
        "Outputs": {"O": {"Condition": "Never", "Value": {"Ref": "Other"}}},
    }
    assert deploy(json.dumps(sections))["StackStatus"] == "CREATE_COMPLETE"


@pytest.mark.parametrize(
    ("properties", "given", "missing"),
    [
        ({}, [], "CAPABILITY_IAM"),
        ({}, ["CAPABILITY_IAM"], None),
        ({"RoleName": "r"}, ["CAPABILITY_IAM"], "CAPABILITY_NAMED_IAM"),
        ({"RoleName": "r"}, ["CAPABILITY_NAMED_IAM"], None),
    ],
)
def test_roles_have_to_be_acknowledged(properties: dict[str, str], given: list[str], missing: str | None):
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST, **properties}}
    body = json.dumps({"Resources": {"R": role}})
    client: Any = boto3.client("cloudformation")

    def create() -> None:
        client.create_change_set(
            StackName="s", ChangeSetName="c", ChangeSetType="CREATE", TemplateBody=body, Capabilities=given
        )

    if missing is None:
        create()
        return
    with pytest.raises(client.exceptions.InsufficientCapabilitiesException) as caught:
        create()
    assert caught.value.response["Error"]["Message"] == f"Requires capabilities : [{missing}]"
