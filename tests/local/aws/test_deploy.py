"""The real sam deploys a small application, with one of everything that the real template uses, and changes it."""

import json
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.aws.clients import client
from local.aws.server import LocalAws
from local.sam import cli as sam

APPLICATION = Path(__file__).parents[1] / "sam_application" / "template.yaml"
STACK = "small"

pytestmark = [pytest.mark.sam, pytest.mark.slow]


class Deployment:
    """The small application's stack, and the account that it is in."""

    def __init__(self, aws: LocalAws, build: Path) -> None:
        self.endpoint = aws.endpoint_url
        self.build = build
        self.outputs = self.deploy({})

    def deploy(self, parameters: dict[str, str]) -> dict[str, str]:
        return sam.deploy(self.endpoint, STACK, parameters, self.build)

    def client(self, service: str) -> Any:
        return client(service, sam.REGION, self.endpoint)

    def post(self, body: Any) -> Any:
        """What the function URL answers, as JSON."""
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.outputs["Url"], data=json.dumps(body).encode(), headers=headers)
        with urllib.request.urlopen(request) as response:
            return json.loads(response.read())

    def ended(self, execution: str) -> Any:
        described = {"status": "RUNNING"}
        while described["status"] == "RUNNING":
            time.sleep(0.01)
            described = self.client("stepfunctions").describe_execution(executionArn=execution)
        return described


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    build = tmp_path_factory.mktemp("build")
    sam.build(APPLICATION, build)
    with LocalAws(log_directory=tmp_path_factory.mktemp("logs")) as aws:
        yield Deployment(aws, build)


def test_a_post_runs_the_whole_application(deployment: Deployment):
    answer = deployment.post({"a": 1})
    assert answer["greeting"] == "hello!"
    assert answer["where"] == "the layer"
    described = deployment.ended(answer["execution"])
    assert described["status"] == "SUCCEEDED"
    assert json.loads(described["output"]) == {"body": '{"a": 1}'}
    stored = deployment.client("dynamodb").scan(TableName=deployment.outputs["TableName"])["Items"]
    assert {"S": described["name"]} in [item["name"] for item in stored]


def test_what_was_made_is_as_declared(deployment: Deployment):
    outputs = deployment.outputs
    secret = json.loads(
        deployment.client("secretsmanager").get_secret_value(SecretId=outputs["SecretArn"])["SecretString"]
    )
    assert (secret["username"], len(secret["password"])) == ("someone", 40)
    alarm = deployment.client("cloudwatch").describe_alarms()["MetricAlarms"][0]
    assert (alarm["AlarmArn"], alarm["AlarmActions"]) == (outputs["AlarmArn"], [outputs["TopicArn"]])
    assert alarm["Dimensions"] == [{"Name": "StateMachineArn", "Value": outputs["MachineArn"]}]
    machine = deployment.client("stepfunctions").describe_state_machine(stateMachineArn=outputs["MachineArn"])
    assert machine["loggingConfiguration"]["level"] == "ALL"
    assert machine["tracingConfiguration"]["enabled"] is True
    assert machine["type"] == "STANDARD"
    assert (
        deployment.client("logs").describe_metric_filters()["metricFilters"][0]["logGroupName"]
        == f"/aws/lambda/{STACK}"
    )
    assert (
        deployment.client("cloudwatch").list_dashboards()["DashboardEntries"][0]["DashboardName"]
        == f"{STACK}-dashboard"
    )
    function = deployment.client("lambda").get_function_configuration(FunctionName=outputs["HelloFunctionName"])
    assert [layer["Arn"].split(":")[5] for layer in function["Layers"]] == ["layer"]


def test_logs_of_both_functions_are_in_the_log_group(deployment: Deployment):
    execution = deployment.post({})["execution"]
    deployment.ended(execution)
    events = deployment.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{STACK}")["events"]
    assert f"started {execution}" in [event["message"] for event in events]


def test_deploying_again_changes_nothing(deployment: Deployment):
    assert deployment.deploy({}) == deployment.outputs


def test_parameters_and_conditions_take_effect(deployment: Deployment):
    sns = deployment.client("sns")
    before = deployment.outputs
    assert deployment.deploy({"Greeting": "good day", "Names": "x,y", "Email": "a@b.c"}) == before
    answer = deployment.post({})
    assert (answer["greeting"], answer["names"]) == ("good day!", "x+y")
    assert [found["Endpoint"] for found in sns.list_subscriptions()["Subscriptions"]] == ["a@b.c"]
    deployment.deploy({"Email": ""})
    assert sns.list_subscriptions()["Subscriptions"] == []
    assert deployment.post({})["greeting"] == "good day!"  # what isn't given keeps its value


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"Greeting": "UPPER"}, "Parameter Greeting failed to satisfy constraint: lower-case letters and spaces"),
        ({"Greeting": "same", "Email": "same"}, "Greeting and Email differ."),
        ({"LogRetentionDays": "8"}, "must be one of"),
    ],
)
def test_a_wrong_parameter_fails_the_deployment(deployment: Deployment, parameters: dict[str, str], message: str):
    with pytest.raises(sam.SamError, match=message):
        deployment.deploy(parameters)


def test_an_unsupported_type_fails_the_deployment(deployment: Deployment, tmp_path: Path):
    template = "Resources: { Acl: { Type: AWS::WAFv2::WebACL, Properties: {} } }"
    (tmp_path / "template.yaml").write_text(template)
    with pytest.raises(sam.SamError, match=r"Unrecognized resource types: \[AWS::WAFv2::WebACL\]"):
        sam.deploy(deployment.endpoint, "unsupported", {}, tmp_path)


def test_a_misspelt_property_fails_before_anything_is_made(deployment: Deployment, tmp_path: Path):
    alarm = {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Misspelt": 1}}
    (tmp_path / "template.yaml").write_text(json.dumps({"Resources": {"Alarm": alarm}}))
    with pytest.raises(sam.SamError, match=r"Reason: The following hook\(s\)/validation failed: .*PropertyValidation"):
        sam.deploy(deployment.endpoint, "misspelt", {}, tmp_path)
    assert deployment.client("cloudformation").describe_stacks(StackName="misspelt")["Stacks"][0]["StackStatus"] == (
        "REVIEW_IN_PROGRESS"
    )


def test_a_failed_creation_is_rolled_back_and_says_why(deployment: Deployment, tmp_path: Path):
    alarm = {"ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1, "Threshold": 1}  # of no metric
    resources = {
        "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "rolled-back"}},
        "Alarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": alarm},
    }
    (tmp_path / "template.yaml").write_text(json.dumps({"Resources": resources}))
    with pytest.raises(sam.SamError, match=r"(?s)CREATE_FAILED.*MetricName.*ROLLBACK_COMPLETE"):
        sam.deploy(deployment.endpoint, "failing", {}, tmp_path)
    topics = deployment.client("sns").list_topics()["Topics"]
    assert [topic["TopicArn"] for topic in topics] == [deployment.outputs["TopicArn"]]


def test_deletion_leaves_nothing(deployment: Deployment):
    """The last test of this module: the application is gone after it."""
    sam.delete(deployment.endpoint, STACK)
    left = {
        "functions": deployment.client("lambda").list_functions()["Functions"],
        "layers": deployment.client("lambda").list_layers()["Layers"],
        "machines": deployment.client("stepfunctions").list_state_machines()["stateMachines"],
        "tables": deployment.client("dynamodb").list_tables()["TableNames"],
        "topics": deployment.client("sns").list_topics()["Topics"],
        "secrets": deployment.client("secretsmanager").list_secrets()["SecretList"],
        "alarms": deployment.client("cloudwatch").describe_alarms()["MetricAlarms"],
        "dashboards": deployment.client("cloudwatch").list_dashboards()["DashboardEntries"],
        "log groups": deployment.client("logs").describe_log_groups()["logGroups"],
        "roles": deployment.client("iam").list_roles()["Roles"],
    }
    assert {kind: found for kind, found in left.items() if found} == {}
