"""What the tests of the world share: clients, and the questions they ask of AWS and Infinispan."""

from __future__ import annotations

import functools
import json
from typing import Any

import boto3
from botocore.config import Config

from local.sites.client import BACKUPS
from local.world import World


@functools.cache
def client(service: str, region: str) -> Any:
    return boto3.client(
        service,  # type: ignore[call-overload]
        region_name=region,
        config=Config(retries={"mode": "standard", "total_max_attempts": 2}),
    )


def endpoints(world: World) -> list[tuple[int, str, str, str]]:
    return [(end["port"], end["region"], end["site"], end["health"]) for end in world.show()["accelerators"]]


def tags_of(region: str, site: str) -> dict[str, str]:
    elbv2 = client("elbv2", region)
    (arn,) = [
        found["LoadBalancerArn"] for found in elbv2.describe_load_balancers(Names=[f"keycloak-{site}"])["LoadBalancers"]
    ]
    (description,) = elbv2.describe_tags(ResourceArns=[arn])["TagDescriptions"]
    return {tag["Key"]: tag["Value"] for tag in description["Tags"]}


def take_offline(world: World, site: str, other: str) -> Any:
    return world.sites.client(site).operate(f"{BACKUPS}/{other}?action=take-offline")


def attach(world: World) -> str:
    """A table and a state machine as the stack has them; returns the machine's ARN."""
    client("dynamodb", "us-west-2").create_table(
        TableName="fence",
        KeySchema=[{"AttributeName": "sites", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "sites", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    definition = {
        "StartAt": "Which",
        "States": {
            "Which": {
                "Type": "Choice",
                "Choices": [{"Variable": "$.fail", "BooleanEquals": True, "Next": "Bad"}],
                "Default": "Good",
            },
            "Good": {"Type": "Succeed"},
            "Bad": {"Type": "Fail", "ErrorPath": "$.code", "CausePath": "$.sentence"},
        },
    }
    machine: str = client("stepfunctions", "us-west-2").create_state_machine(
        name="fence", definition=json.dumps(definition), roleArn="arn:aws:iam::123456789012:role/any"
    )["stateMachineArn"]
    world.attach(table_name="fence", state_machine_arn=machine)
    return machine


def run(machine: str, name: str, data: dict[str, Any]) -> None:
    step_functions = client("stepfunctions", "us-west-2")
    arn = step_functions.start_execution(stateMachineArn=machine, name=name, input=json.dumps(data))["executionArn"]
    for _ in range(1000):
        if step_functions.describe_execution(executionArn=arn)["status"] != "RUNNING":
            return
    raise AssertionError(f"{name} does not end.")


def put_record(world: World) -> None:
    client("dynamodb", "us-west-2").put_item(
        TableName="fence",
        Item={
            "sites": {"S": "site-a+site-b"},
            "gen": {"N": "3"},
            "survivor": {"S": "site-a"},
            "fenced": {"S": "site-b"},
            "phase": {"S": "FENCED"},
            "decidedAt": {"S": "2026-11-23T03:00:00Z"},
            "fencedAt": {"S": "2026-11-23T03:00:02.500000Z"},
            "execution": {"S": "e-1"},
            "removed": {"L": [{"M": {"weight": {"N": "128"}, "clientIpPreservationEnabled": {"BOOL": False}}}]},
        },
    )
