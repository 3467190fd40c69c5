"""What the definition sends to each step: recorded from an execution in the default world, in this process.

`PYTHONPATH=.:functions python -m local.stack.sam_local.recording` writes the steps' good events anew.
"""

from __future__ import annotations

import copy
import importlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import boto3
from moto.moto_api._internal import mock_random

from local.aws.in_process import REGION, in_process_aws
from local.world import World, WorldPlan

REPOSITORY = Path(__file__).parents[3]
STEPS = ("resolve_accelerator", "check_reporter", "claim_fence", "update_endpoint_group", "take_site_offline")
EVENTS = REPOSITORY / "events"
# The identifiers that AWS makes up are the same in every run with this: the sample events name them.
IDENTIFIERS = 7


def seed_with_known_identifiers(world: World) -> None:
    """Seeds a world, in this process's moto, whose ARNs are those of the sample events."""
    mock_random.seed(IDENTIFIERS)
    world.seed()
    mock_random.seed(None)


def record_step_events(alert: dict[str, str], name: str) -> dict[str, dict[str, Any]]:
    """Lets the definition run over the real handlers, site-b being gone; returns each step's first event by step."""
    events: dict[str, dict[str, Any]] = {}

    def recorder(step: str) -> Any:
        handler = importlib.import_module(f"{step}.app").handler

        def record(event: dict[str, Any], context: Any) -> Any:
            events.setdefault(step, copy.deepcopy(event))
            return handler(event, context)

        return record

    with in_process_aws({step: recorder(step) for step in STEPS}) as aws, _world() as world:
        world.kill("site-b")
        machine = _deploy()
        started = boto3.client("stepfunctions").start_execution(
            stateMachineArn=machine, name=name, input=json.dumps({"alert": alert})
        )
        ended = aws.wait_for_execution(started["executionArn"])
        assert ended["status"] == "SUCCEEDED", ended
    return events


@contextmanager
def _world() -> Iterator[World]:
    plan = WorldPlan()
    with World.sites_for(plan) as sites:
        world = World(_client, sites, plan)
        seed_with_known_identifiers(world)
        with patch.dict(os.environ, _environment(world)):
            yield world


def _client(service: str, region: str) -> Any:
    make: Any = boto3.client
    return make(service, region_name=region)


def _environment(world: World) -> dict[str, str]:
    """All that any function reads; in one process they share it."""
    parameters = world.stack_parameters()
    return {
        "SITE_A": parameters["SiteA"],
        "SITE_B": parameters["SiteB"],
        "SITE_A_INFINISPAN_URL": parameters["SiteAInfinispanUrl"],
        "SITE_B_INFINISPAN_URL": parameters["SiteBInfinispanUrl"],
        "INFINISPAN_CA_CERTIFICATE": parameters["InfinispanCaCertificate"],
        "INFINISPAN_SECRET_ARN": parameters["InfinispanSecretArn"],
        "ACCELERATOR_DNS_NAMES": parameters["AcceleratorDnsNames"],
        "FENCE_TABLE": "fence",
        "HOLD_DOWN_SECONDS": "600",
    }


def _deploy() -> str:
    boto3.client("dynamodb").create_table(
        TableName="fence",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "sites", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "sites", "KeyType": "HASH"}],
    )
    topic = boto3.client("sns").create_topic(Name="outcomes")["TopicArn"]
    arns = {
        f"{step.title().replace('_', '')}FunctionArn": f"arn:aws:lambda:{REGION}:123456789012:function:{step}"
        for step in STEPS
    }
    definition = re.sub(
        r"\$\{(\w+)\}",
        lambda match: {**arns, "NotificationTopicArn": topic}[match[1]],
        (REPOSITORY / "statemachine" / "fence.asl.json").read_text(),
    )
    machine: str = boto3.client("stepfunctions").create_state_machine(
        name="fence", definition=definition, roleArn="arn:aws:iam::123456789012:role/fence"
    )["stateMachineArn"]
    return machine


def main() -> None:
    """Writes events/*/good.json anew, for the alert and the execution that they are for now."""
    good = json.loads((EVENTS / "resolve_accelerator" / "good.json").read_text())
    for step, event in record_step_events(good["alert"], good["execution"]).items():
        (EVENTS / step / "good.json").write_text(json.dumps(event, indent=2) + "\n")


if __name__ == "__main__":
    main()
