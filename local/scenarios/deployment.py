"""The stack as the account has it after a deploy: outputs, and the functions by their logical ids."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from samtranslator.yaml_helper import yaml_parse

from local.world.world import STACK_REGION

TEMPLATE = Path(__file__).resolve().parents[2] / "template.yaml"
STACK_NAME = "site-fencing"
_BUCKET, _KEY = "in-process-code", "empty.zip"


@dataclass(frozen=True)
class Function:
    """A deployed function: its name in the account, its handler (`module.path.function`) and its environment."""

    name: str
    handler: str
    environment: Mapping[str, str]


@dataclass(frozen=True)
class Deployment:
    """`outputs` are the stack's; `functions` are by logical id."""

    outputs: Mapping[str, str]
    functions: Mapping[str, Function]


def describe(client: Callable[[str], Any], stack_name: str = STACK_NAME) -> Deployment:
    """Look at a deployed stack. `client` gives a boto3 client for a service."""
    (stack,) = client("cloudformation").describe_stacks(StackName=stack_name)["Stacks"]
    functions = {}
    for page in client("lambda").get_paginator("list_functions").paginate():
        for found in page["Functions"]:
            # CloudFormation names what has no name: STACK-LOGICALID-RANDOM.
            logical_id = found["FunctionName"].removeprefix(f"{stack_name}-").rpartition("-")[0]
            variables = found.get("Environment", {}).get("Variables", {})
            environment = {name: str(value) for name, value in variables.items()}  # moto leaves numbers as they are
            functions[logical_id] = Function(found["FunctionName"], found["Handler"], environment)
    return Deployment({output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}, functions)


def deploy_in_process(client: Callable[[str], Any], parameters: Mapping[str, str]) -> Deployment:
    """Deploy the real template and definition, without the functions' code: their handlers are called in this process.

    Raises:
        RuntimeError: the stack can't be created; the message says why.
    """
    s3 = client("s3")
    s3.create_bucket(Bucket=_BUCKET, CreateBucketConfiguration={"LocationConstraint": STACK_REGION})
    s3.put_object(Bucket=_BUCKET, Key=_KEY, Body=_empty_zip())
    client("cloudformation").create_stack(
        StackName=STACK_NAME,
        TemplateBody=_packaged(TEMPLATE),
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()],
        Capabilities=["CAPABILITY_IAM"],
    )
    (stack,) = client("cloudformation").describe_stacks(StackName=STACK_NAME)["Stacks"]
    if stack["StackStatus"] != "CREATE_COMPLETE":
        raise RuntimeError(f"{stack['StackStatus']}: {stack.get('StackStatusReason')}")
    return describe(client)


@cache
def _packaged(template: Path) -> str:
    """What `sam package` makes of the template: code in S3. The definition goes in as it is."""
    parsed: dict[str, Any] = yaml_parse(template.read_text())
    code = f"s3://{_BUCKET}/{_KEY}"
    parsed["Globals"]["Function"]["CodeUri"] = code
    for resource in parsed["Resources"].values():
        properties = resource["Properties"]
        if resource["Type"] == "AWS::Serverless::LayerVersion":
            properties["ContentUri"] = code
        elif resource["Type"] == "AWS::Serverless::StateMachine":
            definition = template.parent / properties.pop("DefinitionUri")
            properties["Definition"] = json.loads(definition.read_text())
    return json.dumps(parsed, default=str)


def _empty_zip() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("README", "The handlers run in the process of the test.")
    return content.getvalue()
