"""What services refuse when CloudFormation makes a resource with them: a name that is taken, a body that is none."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from tests.local.aws.probes.stack_functions import FUNCTION, ROLE, store_archive
from tests.local.aws.probes.stacks import store
from tests.local.aws.refusals import failure

pytestmark = pytest.mark.usefixtures("cloudformation")

DEFINITION = {"StartAt": "S", "States": {"S": {"Type": "Succeed"}}}
METRIC: dict[str, Any] = {
    "type": "metric",
    "properties": {"region": "us-west-2", "metrics": [["AWS/Lambda", "Errors"]]},
}


def resource(resource_type: str, **properties: Any) -> dict[str, Any]:
    return {"X": {"Type": resource_type, "Properties": properties}}


def machine(**properties: Any) -> dict[str, Any]:
    arn = "arn:aws:iam::123456789012:role/r"
    return resource("AWS::StepFunctions::StateMachine", RoleArn=arn, **properties)


def test_a_log_group_that_is_there_is_not_made():
    """As when Lambda has written to it again after its stack was deleted."""
    boto3.client("logs").create_log_group(logGroupName="/aws/lambda/taken")
    identified = '{"/properties/LogGroupName":"/aws/lambda/taken"}'
    assert failure(resource("AWS::Logs::LogGroup", LogGroupName="/aws/lambda/taken")).startswith(
        "Resource handler returned message: "
        f"\"Resource of type 'AWS::Logs::LogGroup' with identifier '{identified}' already exists.\" (RequestToken: "
    )


@pytest.mark.parametrize(
    "widget",
    [
        {"type": "metrics", "properties": {}},
        {"type": "metric"},
        {"type": "log", "properties": {"query": "fields @message"}},
        {
            "type": "metric",
            "properties": {**METRIC["properties"], "metrics": [["AWS/Lambda", "Errors", {"a": 1}, "b"]]},
        },
    ],
)
def test_a_dashboard_of_widgets_that_are_none_is_not_made(widget: dict[str, Any]):
    body = json.dumps({"widgets": [METRIC, widget]})
    reason = failure(resource("AWS::CloudWatch::Dashboard", DashboardName="d", DashboardBody=body))
    assert "The dashboard body is invalid, there are 1 validation errors:\n[" in reason
    assert '"dataPath": "/widgets/1' in reason


@pytest.mark.parametrize(
    ("name", "body", "message"),
    [
        ("d", "{", "The field DashboardBody must be a valid JSON object"),
        ("d", "[]", "The field DashboardBody must be a valid JSON object"),
        ("d", "{}", "Should have required property 'widgets'"),
        ("a b", '{"widgets": []}', "It can only contain alphanumerics, dash (-) and underscore (_)."),
    ],
)
def test_what_is_no_dashboard_is_not_made(name: str, body: str, message: str):
    assert message in failure(resource("AWS::CloudWatch::Dashboard", DashboardName=name, DashboardBody=body))


def test_an_alarm_of_no_metric_is_not_made():
    alarm = {"ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1, "Threshold": 1}
    assert 'message: "MetricName must not be null"' in failure(resource("AWS::CloudWatch::Alarm", **alarm))


def test_a_state_machine_has_a_name_without_spaces():
    reason = failure(machine(StateMachineName="a b", DefinitionString=json.dumps(DEFINITION)))
    assert "message: \"Invalid Name: 'a b'\"" in reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "StartAt: S\nStates: { S: &state { Type: Pass, Next: T }, T: { Type: Succeed, <<: *state } }",
            "SCHEMA_VALIDATION_FAILED: an alias of YAML is not resolved",
        ),
        ("StartAt: [", "INVALID_JSON_DESCRIPTION: "),
    ],
)
def test_a_definition_in_s3_is_read_as_step_functions_reads_it(text: str, reason: str):
    store("d.yaml", text.encode())
    location = {"Bucket": "bucket", "Key": "d.yaml"}
    assert f"Invalid State Machine Definition: '{reason}" in failure(machine(DefinitionS3Location=location))


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        ({"Environment": {"Variables": {"LARGE": "x" * 4096}}}, "exceeded the 4KB limit. String measured: "),
        ({"Environment": {"Variables": {"AWS_REGION": "x"}}}, "Reserved keys used in this request: AWS_REGION"),
        ({"ReservedConcurrentExecutions": 901}, "below its minimum value of [100]."),
    ],
)
def test_a_function_beyond_the_quotas_is_not_made(properties: dict[str, Any], message: str):
    store_archive()
    function = {**FUNCTION, "Properties": {**FUNCTION["Properties"], **properties}}
    assert message in failure({"R": ROLE, "X": function})
    assert boto3.client("lambda").list_functions()["Functions"] == []
