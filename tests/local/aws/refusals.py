"""What CloudFormation says when it doesn't deploy a template."""

from __future__ import annotations

import contextlib
import json
import uuid
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.local.aws.probes.stacks import STACK, deploy

TOPIC = {"Type": "AWS::SNS::Topic"}


def refusal(template: str | dict[str, Any], **parameters: str) -> str:
    """The sentence with which CreateChangeSet refuses the template; then there is no stack."""
    with _refused() as said:
        deploy(_text(template), update=False, **parameters)
    assert boto3.client("cloudformation").list_stacks()["StackSummaries"] == []
    return said[0]


def broken(resources: dict[str, Any], **parameters: str) -> list[tuple[str, str]]:
    """Where pre-deployment validation found properties wrong, and what it says of them."""
    client = boto3.client("cloudformation")
    made = client.create_change_set(
        StackName=STACK,
        ChangeSetName=f"c{uuid.uuid4().hex}",
        ChangeSetType="CREATE",
        TemplateBody=_text({"Parameters": {name: {"Type": "String"} for name in parameters}, "Resources": resources}),
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
    )
    described = client.describe_change_set(ChangeSetName=made["Id"])
    assert described["Status"] == "FAILED"
    assert "[AWS::EarlyValidation::PropertyValidation]" in described["StatusReason"]
    events = client.describe_events(ChangeSetName=made["Id"])["OperationEvents"]
    return [(event["ValidationPath"], event["ValidationStatusReason"]) for event in events]


def failure(resources: dict[str, Any], **more: Any) -> str:
    """Why the only resource that couldn't be made couldn't be; the stack is rolled back."""
    assert deploy(_text({"Resources": resources, **more}))["StackStatus"] == "ROLLBACK_COMPLETE"
    told = boto3.client("cloudformation").describe_stack_events(StackName=STACK)["StackEvents"]
    (reason,) = [event["ResourceStatusReason"] for event in told if event["ResourceStatus"] == "CREATE_FAILED"]
    return reason


@contextlib.contextmanager
def _refused() -> Iterator[list[str]]:
    said: list[str] = []
    with pytest.raises(ClientError) as caught:
        yield said
    assert caught.value.response["Error"]["Code"] == "ValidationError"
    said.append(caught.value.response["Error"]["Message"])


def _text(template: str | dict[str, Any]) -> str:
    return template if isinstance(template, str) else json.dumps(template)
