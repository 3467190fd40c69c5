"""An update of a stack: what is told of it, and the way back when a resource fails."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto.core.base_backend import BackendDict

from local.aws import repairs
from tests.local.aws.probes.probe import account
from tests.local.aws.probes.stacks import STACK, deploy

TOPIC = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "topic", "DisplayName": {"Ref": "Text"}}}
TABLE: dict[str, Any] = {
    "Type": "AWS::DynamoDB::Table",
    "Properties": {
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}],
    },
}
OTHER_TABLE = {**TABLE, "Properties": {**TABLE["Properties"], "DeletionProtectionEnabled": False}}
TAKEN = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "taken"}}


@pytest.fixture(scope="module", autouse=True)
def _aws() -> Iterator[None]:
    repairs.install()
    with account():
        yield


@pytest.fixture(autouse=True)
def _empty() -> None:
    BackendDict.reset()
    boto3.client("logs").create_log_group(logGroupName="taken")


def template(**resources: Any) -> str:
    topic = {"Parameters": {"Text": {"Type": "String"}}, "Outputs": {"Text": {"Value": {"Ref": "Text"}}}}
    return json.dumps({**topic, "Resources": {"T": TOPIC, **resources}})


def events() -> list[str]:
    """The stack's, oldest first, since the last deployment began."""
    told = boto3.client("cloudformation").describe_stack_events(StackName=STACK)["StackEvents"]
    texts = [f"{event['LogicalResourceId']} {event['ResourceStatus']}" for event in told]
    begun = next(index for index, event in enumerate(told) if event.get("ResourceStatusReason") == "User Initiated")
    return texts[begun::-1]


def reasons() -> dict[str, str]:
    told = boto3.client("cloudformation").describe_stack_events(StackName=STACK)["StackEvents"]
    return {event["ResourceStatus"]: event.get("ResourceStatusReason", "") for event in told}


def resources() -> dict[str, str]:
    """Logical id -> physical id."""
    listed = boto3.client("cloudformation").describe_stack_resources(StackName=STACK)["StackResources"]
    return {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in listed}


def display_name() -> str:
    topic = resources()["T"]
    name: str = boto3.client("sns").get_topic_attributes(TopicArn=topic)["Attributes"]["DisplayName"]
    return name


def put_item() -> None:
    boto3.client("dynamodb").put_item(TableName=resources()["Table"], Item={"k": {"S": "kept"}})


def items() -> list[Any]:
    found: list[Any] = boto3.client("dynamodb").scan(TableName=resources()["Table"])["Items"]
    return found


def test_an_update_is_told_of_resource_by_resource():
    deploy(template(Old=TABLE), Text="before")
    deploy(template(New=TABLE), update=True, Text="after")
    assert events() == [
        "stack UPDATE_IN_PROGRESS",
        *("T UPDATE_IN_PROGRESS", "T UPDATE_COMPLETE", "New CREATE_IN_PROGRESS", "New CREATE_COMPLETE"),
        "stack UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        *("Old DELETE_IN_PROGRESS", "Old DELETE_COMPLETE"),
        "stack UPDATE_COMPLETE",
    ]


def test_what_a_new_resource_refers_to_is_made_first():
    referring = {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "p", "Type": "String", "Value": {"Ref": "Z"}}}
    deploy(template(A=referring, Z=TABLE), Text="x")
    made = [event for event in events() if event.endswith(" CREATE_COMPLETE")]
    assert made == ["T CREATE_COMPLETE", "Z CREATE_COMPLETE", "A CREATE_COMPLETE", "stack CREATE_COMPLETE"]


def test_a_failed_addition_is_rolled_back():
    before = deploy(template(Old=TABLE), Text="before")
    had = resources()

    after = deploy(template(New=TABLE, Broken=TAKEN), update=True, Text="after")

    assert after["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert (after["Outputs"], after["Parameters"]) == (before["Outputs"], before["Parameters"])
    assert resources() == had
    assert display_name() == "before"
    assert boto3.client("dynamodb").list_tables()["TableNames"] == [had["Old"]]
    assert events() == [
        "stack UPDATE_IN_PROGRESS",
        *("T UPDATE_IN_PROGRESS", "T UPDATE_COMPLETE", "New CREATE_IN_PROGRESS", "New CREATE_COMPLETE"),
        *("Broken CREATE_IN_PROGRESS", "Broken CREATE_FAILED"),
        "stack UPDATE_ROLLBACK_IN_PROGRESS",
        *("T UPDATE_IN_PROGRESS", "T UPDATE_COMPLETE"),
        "stack UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
        *("New DELETE_IN_PROGRESS", "New DELETE_COMPLETE"),
        "stack UPDATE_ROLLBACK_COMPLETE",
    ]
    assert "already exists" in reasons()["CREATE_FAILED"]
    assert reasons()["UPDATE_ROLLBACK_IN_PROGRESS"] == "The following resource(s) failed to create: [Broken]."


def test_a_failed_change_is_rolled_back():
    group = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "mine", "RetentionInDays": 7}}
    deploy(template(G=group), Text="before")
    deploy(template(G=TAKEN), update=True, Text="after")
    groups = boto3.client("logs").describe_log_groups()["logGroups"]
    assert {found["logGroupName"]: found.get("retentionInDays") for found in groups} == {"mine": 7, "taken": None}
    assert (resources()["G"], display_name()) == ("mine", "before")
    assert reasons()["UPDATE_ROLLBACK_IN_PROGRESS"] == "The following resource(s) failed to update: [G]."


def test_after_a_rollback_the_next_update_is_like_any_other():
    deploy(template(), Text="before")
    deploy(template(Broken=TAKEN), update=True, Text="after")
    boto3.client("logs").delete_log_group(logGroupName="taken")
    assert deploy(template(Broken=TAKEN), update=True, Text="after")["StackStatus"] == "UPDATE_COMPLETE"
    assert (resources()["Broken"], display_name()) == ("taken", "after")


def test_a_replaced_resource_is_still_there_after_a_rollback():
    deploy(template(Table=TABLE), Text="x")
    put_item()
    deploy(template(Table=OTHER_TABLE, Broken=TAKEN), update=True, Text="x")
    assert items() == [{"k": {"S": "kept"}}]
    assert len(boto3.client("dynamodb").list_tables()["TableNames"]) == 1


@pytest.mark.parametrize(("policy", "left"), [("Delete", 1), ("Retain", 2)])
def test_a_replaced_resource_goes_at_the_end_unless_it_is_retained(policy: str, left: int):
    table = {**TABLE, "UpdateReplacePolicy": policy}
    deploy(template(Table=table), Text="x")
    put_item()
    deploy(template(Table={**OTHER_TABLE, "UpdateReplacePolicy": policy}), update=True, Text="x")
    assert items() == []
    assert len(boto3.client("dynamodb").list_tables()["TableNames"]) == left


def test_a_retained_resource_stays_when_the_template_drops_it():
    deploy(template(Table={**TABLE, "DeletionPolicy": "Retain"}), Text="x")
    table = resources()["Table"]
    deploy(template(), update=True, Text="x")
    assert boto3.client("dynamodb").list_tables()["TableNames"] == [table]
    assert "Table DELETE_SKIPPED" in events()


def test_what_cannot_be_removed_is_told_of_and_does_not_fail_the_update():
    group = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "gone"}}
    deploy(template(G=group), Text="x")
    boto3.client("logs").delete_log_group(logGroupName="gone")
    assert deploy(template(), update=True, Text="x")["StackStatus"] == "UPDATE_COMPLETE"
    assert "G DELETE_FAILED" in events()


def test_a_rollback_that_fails_is_said():
    """Somebody has removed what the way back needs."""
    group = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "mine"}}
    deploy(template(G=group), Text="x")
    boto3.client("logs").delete_log_group(logGroupName="mine")
    group["Properties"] = {"LogGroupName": "mine", "RetentionInDays": 7}
    assert deploy(template(G=group), update=True, Text="x")["StackStatus"] == "UPDATE_ROLLBACK_FAILED"


def test_a_listing_makes_nothing():
    """After a failed creation the stack's template still names what isn't there."""
    deploy(template(Broken=TAKEN), Text="x")
    assert resources() == {}
    assert boto3.client("sns").list_topics()["Topics"] == []
