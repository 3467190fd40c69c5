"""What the deployed template holds, whoever wrote it: the SAM transform makes a part of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from local.sam.cli import PROJECT
from tests.security.iam.grants import WITHOUT_RESOURCE_LEVEL
from tests.template.transformed import GOLDEN, as_text, transformed_template

TEMPLATE = transformed_template()
DEFINITION = json.loads((PROJECT / "statemachine" / "fence.asl.json").read_text())
WEBHOOK = "functions/fencing/steps/receive_alerts.py"
RESOURCES: dict[str, dict[str, Any]] = TEMPLATE["Resources"]


def of_type(name: str) -> dict[str, dict[str, Any]]:
    return {logical_id: one["Properties"] for logical_id, one in RESOURCES.items() if one["Type"] == name}


ALARMS = of_type("AWS::CloudWatch::Alarm")


def statements(role: str) -> Iterator[dict[str, Any]]:
    for policy in RESOURCES[role]["Properties"]["Policies"]:
        yield from policy["PolicyDocument"]["Statement"]


def test_what_is_deployed_was_reviewed() -> None:
    """After a change: `python -m tests.template.transformed`, and look at the difference."""
    assert as_text() == GOLDEN.read_text()


def test_everybody_may_call_the_url_and_only_through_the_url() -> None:
    """Since October 2025 a public function URL needs both permissions."""
    granted = {
        permission["Action"]: permission
        for permission in of_type("AWS::Lambda::Permission").values()
        if permission["Principal"] == "*"
    }
    assert granted.keys() == {"lambda:InvokeFunctionUrl", "lambda:InvokeFunction"}
    assert granted["lambda:InvokeFunctionUrl"]["FunctionUrlAuthType"] == "NONE"
    assert granted["lambda:InvokeFunction"]["InvokedViaFunctionUrl"] is True


def granting(part: Any) -> Iterator[dict[str, Any]]:
    """Every statement that names resources, whoever it is attached to, and whatever condition it stands under."""
    if isinstance(part, dict) and part.keys() >= {"Effect", "Action", "Resource"}:
        yield part
    elif isinstance(part, dict | list):
        for inner in part.values() if isinstance(part, dict) else part:
            yield from granting(inner)


def test_every_resource_is_named_where_aws_allows_it() -> None:
    granted = [
        (action, json.dumps(one["Resource"])) for one in granting(RESOURCES) for action in as_list(one["Action"])
    ]
    assert {action for action, resource in granted if '"*"' in resource} == WITHOUT_RESOURCE_LEVEL
    assert [action for action, _ in granted if "*" in action] == []


def test_the_workflow_may_set_up_its_log() -> None:
    actions = {action for one in statements("FenceStateMachineRole") for action in as_list(one["Action"])}
    assert actions >= {
        *("logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery"),
        *("logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:DescribeResourcePolicies"),
        "logs:DescribeLogGroups",
    }


def test_the_decision_survives_mistakes() -> None:
    table = RESOURCES["FenceTable"]
    assert (table["DeletionPolicy"], table["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert table["Properties"]["DeletionProtectionEnabled"] is True
    assert table["Properties"]["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}


def test_only_the_table_is_retained() -> None:
    assert [name for name, one in RESOURCES.items() if one.get("DeletionPolicy") == "Retain"] == ["FenceTable"]


@pytest.mark.parametrize("function", of_type("AWS::Lambda::Function").values(), ids=of_type("AWS::Lambda::Function"))
def test_a_function_is_traced_and_its_log_ends_some_day(function: dict[str, Any]) -> None:
    assert function["TracingConfig"] == {"Mode": "Active"}
    group = function["LoggingConfig"]["LogGroup"]["Ref"]
    assert RESOURCES[group]["Properties"]["RetentionInDays"] == {"Ref": "LogRetentionDays"}


@pytest.mark.parametrize(
    ("namespace", "metric"),
    [
        ("AWS/States", "ExecutionsFailed"),
        ("AWS/States", "ExecutionsTimedOut"),
        ("AWS/Lambda", "Url5xxCount"),
        ("AWS/Lambda", "Throttles"),
    ],
)
def test_somebody_is_told_when_it_fails(namespace: str, metric: str) -> None:
    watched = [(alarm["Namespace"], alarm["MetricName"]) for alarm in ALARMS.values()]
    assert watched.count((namespace, metric)) == 1


def test_every_alarm_reaches_the_operators() -> None:
    assert all(alarm["AlarmActions"] == [{"Ref": "NotificationTopic"}] for alarm in ALARMS.values())


def test_the_dashboard_shows_outcomes_and_answers_as_they_are_logged() -> None:
    text, queries = RESOURCES["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    for name, query in queries.items():
        text = text.replace(f"${{{name}}}", query)
    shown = {widget["properties"]["title"]: widget["properties"] for widget in json.loads(text)["widgets"]}
    assert list(shown) == [
        *("Executions by outcome", "Time from alert to outcome", "What the webhook answered", "Webhook"),
    ]
    # Each outcome is a state of its own, and the only one of these types that its execution enters.
    ends = {state["Type"] for state in DEFINITION["States"].values()} & {"Succeed", "Fail"}
    assert all(f"'{end}StateEntered'" in shown["Executions by outcome"]["query"] for end in ends)
    assert {metric[1] for metric in shown["Time from alert to outcome"]["metrics"]} == {"ExecutionTime"}
    logged = re.search(r"message = '([^']+)'.* by (\w+)$", shown["What the webhook answered"]["query"])
    assert logged is not None
    assert f'logger.info("{logged[1]}", {logged[2]}=' in (PROJECT / WEBHOOK).read_text()


def test_every_parameter_is_described_and_stands_where_its_group_does() -> None:
    groups = TEMPLATE["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    assert [name for group in groups for name in group["Parameters"]] == list(TEMPLATE["Parameters"])
    assert [name for name, one in TEMPLATE["Parameters"].items() if not one.get("Description")] == []


def test_the_repository_takes_what_is_said_of_the_application() -> None:
    """The constraints of CreateApplication and CreateApplicationVersion, which `sam publish` calls (API reference)."""
    metadata = TEMPLATE["Metadata"]["AWS::ServerlessRepo::Application"]
    assert metadata.keys() >= {"Name", "Description", "Author", "ReadmeUrl", "Labels", "SemanticVersion"}
    assert re.fullmatch(r"[a-zA-Z0-9\-]{1,140}", metadata["Name"])
    assert re.fullmatch(r"(?=.{1,127}$)[a-z0-9](([a-z0-9]|-(?!-))*[a-z0-9])?", metadata["Author"])
    assert 0 < len(metadata["Description"]) <= 256
    assert 0 < len(metadata["Labels"]) <= 10
    assert all(re.fullmatch(r"[a-zA-Z0-9+\-_:/@]{1,127}", label) for label in metadata["Labels"])
    assert re.fullmatch(r"\d+\.\d+\.\d+", metadata["SemanticVersion"])
    assert ("SpdxLicenseId" in metadata) == ("LicenseUrl" in metadata) == (PROJECT / "LICENSE").exists()
    files = [PROJECT / metadata[name] for name in ("ReadmeUrl", "LicenseUrl") if name in metadata]
    assert [file for file in files if not file.is_file()] == []


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
