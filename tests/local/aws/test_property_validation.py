"""Properties that break the schema of their type: told when the change set is made, or when the value is known."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from local.aws.cloudformation.schemas import property_errors
from tests.local.aws.probes.probe import error_code
from tests.local.aws.probes.stacks import STACK, deploy
from tests.local.aws.refusals import TOPIC, broken, failure

pytestmark = pytest.mark.usefixtures("cloudformation")


def group(**properties: Any) -> dict[str, Any]:
    return {"X": {"Type": "AWS::Logs::LogGroup", "Properties": properties}}


def alarm(**properties: Any) -> dict[str, Any]:
    metric = {"MetricName": "m", "Namespace": "n", "Period": 60, "Statistic": "Sum", "EvaluationPeriods": 1}
    whole = {**metric, "Threshold": 1, "ComparisonOperator": "GreaterThanThreshold", **properties}
    return {"X": {"Type": "AWS::CloudWatch::Alarm", "Properties": whole}}


@pytest.mark.parametrize(
    ("resources", "where", "reason"),
    [
        (group(Misspelt=1), "", "#: extraneous key [Misspelt] is not permitted"),
        ({"X": {"Type": "AWS::SNS::Subscription"}}, "", "#: required key [Protocol] not found"),
        (
            group(LogGroupName="a b"),
            "/LogGroupName",
            "#/LogGroupName: failed validation constraint for keyword [pattern]",
        ),
        (
            group(RetentionInDays=8),
            "/RetentionInDays",
            "#/RetentionInDays: failed validation constraint for keyword [enum]",
        ),
        (group(RetentionInDays="week"), "/RetentionInDays", "#/RetentionInDays: expected type: Integer, found: String"),
        (group(Tags={"a": "b"}), "/Tags", "#/Tags: expected type: JSONArray, found: JSONObject"),
        (group(Tags=[{"Key": "a"}]), "/Tags/0", "#/Tags/0: required key [Value] not found"),
        (
            alarm(Dimensions=[{"Name": "a", "Value": "b", "Unit": "c"}]),
            "/Dimensions/0",
            "#/Dimensions/0: extraneous key [Unit] is not permitted",
        ),
        (
            {
                "X": {
                    "Type": "AWS::Logs::MetricFilter",
                    "Properties": {"LogGroupName": "g", "FilterPattern": "", "MetricTransformations": []},
                }
            },
            "/MetricTransformations",
            "#/MetricTransformations: expected minimum item count: 1, found: 0",
        ),
        (
            group(LogGroupName="g" * 513),
            "/LogGroupName",
            "#/LogGroupName: expected maxLength: 512, actual: 513",
        ),
    ],
)
def test_a_change_set_is_validated(resources: dict[str, Any], where: str, reason: str):
    assert (f"/Resources/X/Properties{where}", reason) in broken(resources)


def test_parameters_are_validated_where_they_are_used():
    name = {"Fn::Join": ["", ["/a/", {"Fn::Sub": "${Name}-${AWS::Region}"}]]}
    assert broken(group(LogGroupName=name), Name="a b") == [
        (
            "/Resources/X/Properties/LogGroupName",
            "#/LogGroupName: failed validation constraint for keyword [pattern]",
        )
    ]


def test_all_errors_are_told():
    assert len(broken({**group(Misspelt=1, RetentionInDays=8), "T": {**TOPIC, "Properties": {"Nmae": "x"}}})) == 3


def test_a_number_does_for_a_text_and_a_text_for_a_number():
    properties = alarm(AlarmDescription=7, EvaluationPeriods="1", ActionsEnabled="true")["X"]["Properties"]
    assert property_errors("AWS::CloudWatch::Alarm", properties, "us-west-2") == []


def test_a_value_that_is_known_only_when_a_resource_is_made_fails_that_resource():
    assert failure({"T": TOPIC, **group(LogGroupName={"Ref": "T"})}) == (
        "Properties validation failed for resource X with message:\n"
        "#/LogGroupName: failed validation constraint for keyword [pattern]"
    )


def test_an_update_is_validated_as_well():
    deploy(json.dumps({"Resources": group(RetentionInDays=7)}))
    with pytest.raises(ClientError):
        deploy(json.dumps({"Resources": group(RetentionInDays=8)}), update=True)
    groups = boto3.client("logs").describe_log_groups()["logGroups"]
    assert [found["retentionInDays"] for found in groups] == [7]


def test_a_change_set_that_failed_cannot_be_executed():
    broken(group(Misspelt=1))
    client = boto3.client("cloudformation")
    (name,) = [made["ChangeSetName"] for made in client.list_change_sets(StackName=STACK)["Summaries"]]
    execute = lambda: client.execute_change_set(ChangeSetName=name, StackName=STACK)  # noqa: E731
    assert error_code(execute) == "InvalidChangeSetStatus"


def test_after_a_change_set_that_failed_the_next_one_makes_the_stack():
    broken(group(Misspelt=1))
    assert deploy(json.dumps({"Resources": group(RetentionInDays=7)}))["StackStatus"] == "CREATE_COMPLETE"
    assert len(boto3.client("cloudformation").describe_stacks()["Stacks"]) == 1


def test_a_stack_is_created_once():
    deploy(json.dumps({"Resources": group()}))
    with pytest.raises(ClientError, match=r"Stack \[stack\] already exists and cannot be created again"):
        deploy(json.dumps({"Resources": group()}))
