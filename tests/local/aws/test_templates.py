"""What CloudFormation refuses before anything is made: wrong parameters, unmet rules, bad Serverless resources."""

from collections.abc import Mapping

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.cloudformation.exceptions import ValidationError

from local.aws import repairs
from local.aws.cloudformation.templates import check_rules, parsed, transformed, with_defaults

TEMPLATE = parsed("""
Parameters:
  Name: { Type: String, AllowedPattern: "^[a-z]+$", ConstraintDescription: "lower-case letters", MaxLength: 5 }
  Names: { Type: CommaDelimitedList, Default: "", AllowedPattern: "^([a-z]+)?$" }
  Size: { Type: Number, Default: 5, MinValue: 1, MaxValue: 10 }
  Kind: { Type: String, Default: one, AllowedValues: [one, two] }
Rules:
  NamesDiffer:
    Assertions:
      - { Assert: !Not [!Equals [!Ref Name, !Join ["", !Ref Names]]], AssertDescription: They differ. }
  OnlyForTwo:
    RuleCondition: !Equals [!Ref Kind, two]
    Assertions: [{ Assert: !Equals [!Ref Name, two] }]
""")


def test_defaults_are_filled_in():
    complete = {"Name": "a", "Names": "", "Size": "5", "Kind": "one"}
    assert with_defaults(TEMPLATE, {"Name": "a"}) == complete
    assert with_defaults(TEMPLATE, {"Name": "a", "Names": ["b", "c"]}) == complete | {"Names": "b,c"}


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({}, r"Parameters: \[Name\] must have values"),
        ({"Name": "a", "Other": "b"}, r"Parameters: \[Other\] do not exist in the template"),
        ({"Name": "A"}, "Parameter Name failed to satisfy constraint: lower-case letters"),
        ({"Name": "a\n"}, "Parameter Name"),
        ({"Name": "toolong"}, "Parameter Name"),
        ({"Name": "a", "Names": "a,B"}, "Parameter Names .* must match pattern"),
        ({"Name": "a", "Size": "0"}, "Parameter Size .* is too small"),
        ({"Name": "a", "Size": "11"}, "Parameter Size .* is too large"),
        ({"Name": "a", "Size": "x"}, "Parameter Size .* must be a number"),
        ({"Name": "a", "Kind": "three"}, "Parameter Kind .* must be one of"),
    ],
)
def test_a_wrong_parameter_is_refused(parameters: Mapping[str, str], message: str):
    with pytest.raises(ValidationError) as caught:
        with_defaults(TEMPLATE, parameters)
    caught.match(message)


@pytest.mark.parametrize(
    ("parameters", "met"),
    [
        ({"Name": "a", "Names": "b"}, True),
        ({"Name": "ab", "Names": "a,b"}, False),
        ({"Name": "a", "Kind": "two"}, False),
        ({"Name": "two", "Kind": "two"}, True),
    ],
)
def test_rules_are_checked(parameters: Mapping[str, str], met: bool):
    complete = with_defaults(TEMPLATE, parameters)
    if met:
        check_rules(TEMPLATE, complete)
    else:
        with pytest.raises(ValidationError):
            check_rules(TEMPLATE, complete)


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
        with pytest.raises(ClientError, match="Parameter Text failed to satisfy constraint"):
            client.update_stack(
                StackName="s", TemplateBody=template, Parameters=[{"ParameterKey": "Text", "ParameterValue": "A"}]
            )
