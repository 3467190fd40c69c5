"""What CloudFormation refuses before anything is made: wrong parameters, bad Serverless resources."""

from collections.abc import Mapping
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.cloudformation.exceptions import ValidationError

from local.aws import repairs
from local.aws.cloudformation.parameters import values_of, with_defaults
from local.aws.cloudformation.templates import parsed, transformed

TEMPLATE = parsed("""
Parameters:
  Name: { Type: String, AllowedPattern: "^[a-z]+$", ConstraintDescription: "lower-case letters", MaxLength: 5 }
  Names: { Type: CommaDelimitedList, Default: "", AllowedPattern: "^([a-z]+)?$" }
  Size: { Type: Number, Default: 5, MinValue: 1, MaxValue: 10 }
  Kind: { Type: String, Default: one, AllowedValues: [one, two] }
  Word: { Type: String, Default: word, MinLength: 2, MaxLength: 5 }
""")


def test_defaults_are_filled_in():
    complete = {"Name": "a", "Names": "", "Size": "5", "Kind": "one", "Word": "word"}
    assert with_defaults(TEMPLATE, {"Name": "a"}) == complete
    assert with_defaults(TEMPLATE, {"Name": "a", "Names": ["b", "c"]}) == complete | {"Names": "b,c"}


def test_spaces_around_the_members_of_a_list_do_not_count():
    complete = with_defaults(TEMPLATE, {"Name": "a", "Names": " b, c "})
    assert values_of(TEMPLATE, complete)["Names"] == ["b", "c"]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({}, "Parameters: [Name] must have values"),
        ({"Name": "a", "Other": "b"}, "Parameters: [Other] do not exist in the template"),
        ({"Name": "A"}, "Parameter Name failed to satisfy constraint: lower-case letters"),
        ({"Name": "a\n"}, "Parameter Name failed to satisfy constraint: lower-case letters"),
        ({"Name": "toolong"}, "Parameter Name failed to satisfy constraint: lower-case letters"),
        ({"Name": "a", "Names": "a,B"}, "Parameter 'Names' must match pattern ^([a-z]+)?$"),
        ({"Name": "a", "Size": "0"}, "Parameter 'Size' must be a number not less than 1"),
        ({"Name": "a", "Size": "11"}, "Parameter 'Size' must be a number not greater than 10"),
        ({"Name": "a", "Size": "x"}, "Parameter 'Size' must be a number"),
        ({"Name": "a", "Kind": "three"}, "Parameter 'Kind' must be one of AllowedValues"),
        ({"Name": "a", "Word": "w"}, "Parameter 'Word' must contain at least 2 characters"),
        ({"Name": "a", "Word": "longer"}, "Parameter 'Word' must contain at most 5 characters"),
        ({"Name": "a" * 4097}, "Parameter 'Name' must be at most 4096 bytes"),
    ],
)
def test_a_wrong_parameter_is_refused(parameters: Mapping[str, str], message: str):
    with pytest.raises(ValidationError) as caught:
        with_defaults(TEMPLATE, parameters)
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ({"P": {"Default": "x"}}, "Template format error: Every Parameters object must contain a Type member."),
        ({"P": {"Type": "Text"}}, "Template format error: Unrecognized parameter type: Text"),
        ({"P-q": {"Type": "String"}}, "Template format error: Parameter name P-q is non alphanumeric."),
        ({"P": {"Type": "String", "Pattern": "x"}}, "Invalid template parameter property 'Pattern'"),
        (
            {"P": {"Type": "String", "Default": {"Fn::Sub": "${AWS::StackName}"}}},
            "Template format error: Every Default member must be a string.",
        ),
        (
            {f"P{number}": {"Type": "String", "Default": ""} for number in range(201)},
            "Template format error: Number of parameters, 201, is greater than maximum allowed, 200",
        ),
    ],
)
def test_a_parameter_that_is_not_well_formed_is_refused(declared: Mapping[str, Any], message: str):
    with pytest.raises(ValidationError) as caught:
        with_defaults({"Parameters": declared}, {})
    assert caught.value.message == message


def test_a_bad_serverless_resource_is_refused(monkeypatch: pytest.MonkeyPatch):
    template = """
        Transform: AWS::Serverless-2016-10-31
        Resources: { F: { Type: AWS::Serverless::Function, Properties: { CodeUri: 7 } } }
    """
    with pytest.raises(ValidationError) as caught:
        transformed(parsed(template), {})
    caught.match("Transform AWS::Serverless-2016-10-31 failed with: .*F")


def test_a_stack_can_be_updated_without_a_change_set():
    repairs.install()
    template = """
        Parameters: { Text: { Type: String, AllowedPattern: "^[a-z]+$" } }
        Resources: { P: { Type: AWS::SSM::Parameter, Properties: { Name: p, Type: String, Value: !Sub "${Text}" } } }
    """
    with mock_aws():
        client, parameters = boto3.client("cloudformation"), boto3.client("ssm")
        for call, value in ((client.create_stack, "before"), (client.update_stack, "after")):
            call(StackName="s", TemplateBody=template, Parameters=[{"ParameterKey": "Text", "ParameterValue": value}])
            assert parameters.get_parameter(Name="p")["Parameter"]["Value"] == value
        with pytest.raises(ClientError, match="Parameter 'Text' must match pattern"):
            client.update_stack(
                StackName="s", TemplateBody=template, Parameters=[{"ParameterKey": "Text", "ParameterValue": "A"}]
            )
