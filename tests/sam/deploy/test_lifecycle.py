"""The life of a stack, as somebody who types sam commands sees it. The tests are one story, told in order."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.sam.deploy.commands import STACK_NAME, Account

pytestmark = [pytest.mark.sam, pytest.mark.slow]

ACCELERATOR = "arn:aws:globalaccelerator::123456789012:accelerator/9b6409c0-ce7f-4152-bc0d-cc8bf6bafdd1"
NAMED = ("--stack-name", STACK_NAME)
EVENT = {
    "alert": {
        "accelerator": "a3da6a6cbd4e27b02.awsglobalaccelerator.com",
        "reporter": "site-a",
        "site": "site-b",
        "starts_at": "2026-11-22T18:32:38.147Z",
        "fingerprint": "fefb802a49f43793",
    }
}


@pytest.fixture(scope="module")
def deployed(account: Account, build: Path) -> Account:
    """A stack in an account that had none."""
    printed = account.deploy(build, account.world.stack_parameters())
    assert printed.code == 0, printed.text
    return account


def test_an_account_without_anything_gets_a_stack(deployed: Account) -> None:
    assert deployed.status() == "CREATE_COMPLETE"
    assert deployed.outputs().keys() >= {
        *("WebhookUrl", "WebhookSecretArn", "InfinispanSecretArn", "StateMachineArn", "FenceTableName"),
        *("NotificationTopicArn", "WebhookLogGroupName", "StepLogGroupName", "WorkflowLogGroupName"),
    }
    (stack,) = deployed.client("cloudformation").describe_stacks(StackName=STACK_NAME)["Stacks"]
    assert stack["Tags"] == [{"Key": "application", "Value": "site-fencing"}]


def test_again_there_is_nothing_to_change(deployed: Account, build: Path) -> None:
    printed = deployed.deploy(build, deployed.world.stack_parameters())
    assert f"No changes to deploy. Stack {STACK_NAME} is up to date" in printed.text


def test_a_parameter_changes_only_who_uses_it(deployed: Account, build: Path) -> None:
    before = deployed.resources()
    printed = deployed.deploy(build, {"HoldDownSeconds": "900"})

    assert printed.code == 0, printed.text
    assert re.findall(r"^\* Modify +(\w+)", printed.text, re.MULTILINE) == ["ClaimFenceFunction"]
    assert deployed.variables("ClaimFenceFunction")["HOLD_DOWN_SECONDS"] == "900"
    after = deployed.resources()
    unaffected = before.keys() - {"ClaimFenceFunction"}
    assert {name: after[name] for name in unaffected} == {name: before[name] for name in unaffected}


def test_a_conditional_resource_comes_and_goes(deployed: Account, build: Path) -> None:
    topic = deployed.outputs()["NotificationTopicArn"]

    def subscribed() -> list[str]:
        found = deployed.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
        return [subscription["Endpoint"] for subscription in found]

    assert deployed.deploy(build, {"NotificationEmail": "ops@example.org"}).code == 0
    assert subscribed() == ["ops@example.org"]
    assert deployed.deploy(build, {"NotificationEmail": ""}).code == 0
    assert subscribed() == []


def test_a_changed_definition_is_taken_over_in_place(deployed: Account, build: Path) -> None:
    machine = deployed.outputs()["StateMachineArn"]

    def definition() -> dict[str, Any]:
        described = deployed.client("stepfunctions").describe_state_machine(stateMachineArn=machine)
        document: dict[str, Any] = json.loads(described["definition"])
        return document

    changed = {**definition(), "TimeoutSeconds": 901}
    changed_template(build, "longer.yaml", lambda text: re.sub("DefinitionUri: .*", "DefinitionUri: longer.json", text))
    (build / "longer.json").write_text(json.dumps(changed))

    assert deployed.deploy(build, template="longer.yaml").code == 0
    assert definition()["TimeoutSeconds"] == 901
    assert deployed.outputs()["StateMachineArn"] == machine


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"SiteA": "site-b"}, "SiteA and SiteB are the same. Give the names of two sites."),
        ({"SiteAInfinispanUrl": "http://site-a.example"}, "https://HOST or https://HOST:PORT, no path"),
        ({"AcceleratorDnsNames": ""}, "No accelerator is given. Give AcceleratorDnsNames or AcceleratorArns."),
        ({"AcceleratorArns": ACCELERATOR}, "Leave AcceleratorDnsNames or AcceleratorArns empty."),
        ({"SubnetIds": "subnet-0a"}, "Give SubnetIds and SecurityGroupIds, or neither."),
    ],
)
def test_a_wrong_parameter_is_named_before_anything_changes(
    deployed: Account, build: Path, given: dict[str, str], complaint: str
) -> None:
    before = deployed.status()
    printed = deployed.deploy(build, given)
    assert printed.code != 0
    assert complaint in printed.text
    assert deployed.status() == before


def test_a_resource_that_fails_is_named_and_nothing_is_left_of_the_new_stack(account: Account, build: Path) -> None:
    with taken_log_group(account) as name:
        before = everything(account)
        with_a_log_group(build, "broken.yaml", name)
        printed = account.deploy(build, account.world.stack_parameters(), template="broken.yaml", stack_name="broken")

        assert printed.code != 0
        assert "already exists" in " ".join(printed.text.split())
        assert account.status("broken") == "ROLLBACK_COMPLETE"
        assert everything(account) == before


def test_a_resource_that_fails_in_an_update_leaves_all_as_it_was(deployed: Account, build: Path) -> None:
    had, variables, outputs = deployed.resources(), deployed.variables("ClaimFenceFunction"), deployed.outputs()
    with taken_log_group(deployed) as name:
        before = everything(deployed)
        with_a_log_group(build, "broken.yaml", name)
        printed = deployed.deploy(build, {"HoldDownSeconds": "1200", "LogRetentionDays": "7"}, template="broken.yaml")

        assert printed.code != 0
        assert re.search(r"CREATE_FAILED +AWS::Logs::LogGroup +Broken", printed.text)
        assert deployed.status() == "UPDATE_ROLLBACK_COMPLETE"
        assert everything(deployed) == before
    assert (deployed.resources(), deployed.outputs()) == (had, outputs)
    assert deployed.variables("ClaimFenceFunction") == variables
    groups = deployed.client("logs").describe_log_groups(logGroupNamePrefix=outputs["StepLogGroupName"])
    assert groups["logGroups"][0]["retentionInDays"] == 90


def test_sam_lists_what_there_is(deployed: Account, build: Path) -> None:
    outputs = deployed.sam("list", "stack-outputs", *NAMED, "--output", "json", directory=build)
    assert deployed.outputs()["WebhookUrl"] in outputs.text
    resources = deployed.sam("list", "resources", *NAMED, "--output", "json", directory=build)
    assert all(physical in resources.text for physical in deployed.resources().values())


def test_sam_lists_the_endpoint(deployed: Account, build: Path) -> None:
    printed = deployed.sam("list", "endpoints", *NAMED, "--output", "json", directory=build)
    assert printed.code == 0, printed.text
    listed = json.loads(printed.text[printed.text.index("[") :])
    urls = {one["LogicalResourceId"]: one["CloudEndpoint"] for one in listed}
    assert urls.pop("WebhookFunction") == deployed.outputs()["WebhookUrl"]
    assert set(urls.values()) == {"-"}


def test_sam_invokes_a_function_and_shows_its_log(deployed: Account, build: Path) -> None:
    event = json.dumps(EVENT)
    printed = deployed.sam("remote", "invoke", "ResolveAcceleratorFunction", *NAMED, "--event", event, directory=build)
    assert printed.code == 0, printed.text
    assert '"topology"' in printed.text
    # Its log group isn't the one that Lambda would make.
    logs = deployed.sam("logs", *NAMED, "--name", "ResolveAcceleratorFunction", directory=build)
    assert "accelerator resolved" in logs.text


def test_sam_runs_the_workflow_and_shows_all_logs(deployed: Account, build: Path) -> None:
    deployed.world.kill("site-b")
    event = json.dumps(EVENT)
    printed = deployed.sam("remote", "invoke", "FenceStateMachine", *NAMED, "--event", event, directory=build)
    assert printed.code == 0, printed.text
    assert '"Fenced"' in printed.text
    logs = deployed.sam("logs", *NAMED, directory=build)
    assert "reporter checked" in logs.text


def test_after_delete_only_the_decision_is_left(deployed: Account, build: Path) -> None:
    table = deployed.outputs()["FenceTableName"]
    printed = deployed.delete(build)
    assert printed.code == 0, printed.text
    assert table in deployed.client("dynamodb").list_tables()["TableNames"]
    assert everything(deployed) == []


@contextmanager
def taken_log_group(account: Account) -> Iterator[str]:
    """The name of one that isn't the stack's."""
    name = "/aws/lambda/taken"
    account.client("logs").create_log_group(logGroupName=name)
    yield name
    account.client("logs").delete_log_group(logGroupName=name)


def with_a_log_group(build: Path, template: str, name: str) -> None:
    declared = f"Resources:\n  Broken:\n    Type: AWS::Logs::LogGroup\n    Properties:\n      LogGroupName: {name}\n"
    changed_template(build, template, lambda text: text.replace("Resources:\n", declared, 1))


def changed_template(build: Path, name: str, change: Any) -> None:
    (build / name).write_text(change((build / "template.yaml").read_text()))


def everything(account: Account) -> list[str]:
    """The names of all of which stacks of ours consist, but for the tables, which are retained."""
    secrets = account.client("secretsmanager").list_secrets()["SecretList"]
    alarms = account.client("cloudwatch").describe_alarms()
    return [
        *(one["FunctionName"] for one in account.client("lambda").list_functions()["Functions"]),
        *(one["LayerName"] for one in account.client("lambda").list_layers()["Layers"]),
        *(one["name"] for one in account.client("stepfunctions").list_state_machines()["stateMachines"]),
        *(one["TopicArn"] for one in account.client("sns").list_topics()["Topics"]),
        *(one["Name"] for one in secrets if one["ARN"] != account.world.infinispan_secret_arn),
        *(one["logGroupName"] for one in account.client("logs").describe_log_groups()["logGroups"]),
        *(one["RoleName"] for one in account.client("iam").list_roles()["Roles"]),
        *(one["AlarmName"] for one in alarms["MetricAlarms"]),
        *(one["DashboardName"] for one in account.client("cloudwatch").list_dashboards()["DashboardEntries"]),
    ]
