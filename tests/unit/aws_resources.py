"""AWS resources as the template and the operators make them, each in one call."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import boto3

from local.world.edge import Edge
from local.world.plan import WorldPlan


@cache
def client_in(service: str, region: str) -> Any:
    """A client that outlives a test: it holds nothing of an account."""
    return boto3.client(service, region_name=region)  # type: ignore[call-overload]


def edge(**plan: Any) -> Edge:
    """The accelerators and load balancers of a plan; by default the documented layout and nothing else."""
    alone = {"accelerators_in_account": 1, "accelerators": [{"position": 1}]}
    made = Edge(client_in, WorldPlan.from_mapping(alone | plan))
    made.seed()
    return made


def load_balancer(name: str, region: str = "eu-west-1", **tags: str) -> str:
    """A Network Load Balancer; returns its ARN."""
    subnets = client_in("ec2", region).describe_subnets()["Subnets"]
    created = client_in("elbv2", region).create_load_balancer(
        Name=name,
        Type="network",
        Subnets=[subnets[0]["SubnetId"]],
        Tags=[{"Key": key, "Value": value} for key, value in tags.items()] or [{"Key": "team", "Value": "iam"}],
    )
    return created["LoadBalancers"][0]["LoadBalancerArn"]


def create_fence_table(name: str = "fence") -> str:
    client_in("dynamodb", "us-west-2").create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "sites", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "sites", "KeyType": "HASH"}],
    )
    return name


def create_secret(username: str = "keycloak", password: str = "correct horse", name: str = "webhook") -> str:
    """A secret with credentials; returns its ARN."""
    document = json.dumps({"username": username, "password": password})
    return client_in("secretsmanager", "us-west-2").create_secret(Name=name, SecretString=document)["ARN"]


def rotate_secret(arn: str, username: str = "keycloak", *, password: str) -> None:
    """The old version becomes AWSPREVIOUS."""
    document = json.dumps({"username": username, "password": password})
    client_in("secretsmanager", "us-west-2").put_secret_value(SecretId=arn, SecretString=document)


def create_state_machine(definition: dict[str, Any] | None = None) -> str:
    """A state machine, by default one that succeeds at once; returns its ARN."""
    created = client_in("stepfunctions", "us-west-2").create_state_machine(
        name="fence",
        roleArn="arn:aws:iam::123456789012:role/fence",
        definition=json.dumps(definition or {"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}),
    )
    return created["stateMachineArn"]
