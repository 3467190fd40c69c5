"""The stack as the account has it after a deploy: outputs, and the functions by their logical ids."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from samtranslator.yaml_helper import yaml_parse

from local.world.world import STACK_REGION

TEMPLATE = Path(__file__).resolve().parents[2] / "template.yaml"
DEFINITION = TEMPLATE.parent / "statemachine" / "fence.asl.json"
STACK_NAME = "site-fencing"
_BUCKET, _FUNCTIONS, _LAYER = "code", "functions.zip", "layer.zip"


def zipped(files: Iterable[tuple[str, bytes]]) -> bytes:
    """A zip file with these names and contents."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, data in files:
            archive.writestr(name, data)
    return content.getvalue()


NOTHING = zipped([("README", b"The handlers run in the process of the test.")])


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


def deploy(
    client: Callable[[str], Any],
    parameters: Mapping[str, str],
    *,
    functions: bytes = NOTHING,
    layer: bytes = NOTHING,
    definition: Path = DEFINITION,
) -> Deployment:
    """Deploy the real template as sam does, but at once. `functions` and `layer` are zip files.

    Raises:
        RuntimeError: the stack can't be created; the message says why.
    """
    s3 = client("s3")
    s3.create_bucket(Bucket=_BUCKET, CreateBucketConfiguration={"LocationConstraint": STACK_REGION})
    s3.put_object(Bucket=_BUCKET, Key=_FUNCTIONS, Body=functions)
    s3.put_object(Bucket=_BUCKET, Key=_LAYER, Body=layer)
    client("cloudformation").create_stack(
        StackName=STACK_NAME,
        TemplateBody=_packaged(definition),
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()],
        Capabilities=["CAPABILITY_IAM"],
    )
    (stack,) = client("cloudformation").describe_stacks(StackName=STACK_NAME)["Stacks"]
    if stack["StackStatus"] != "CREATE_COMPLETE":
        raise RuntimeError(f"{stack['StackStatus']}: {stack.get('StackStatusReason')}")
    return describe(client)


@cache
def _packaged(definition: Path) -> str:
    """What `sam package` makes of the template: code in S3. The definition goes in as it is."""
    parsed: dict[str, Any] = yaml_parse(TEMPLATE.read_text())
    parsed["Globals"]["Function"]["CodeUri"] = f"s3://{_BUCKET}/{_FUNCTIONS}"
    for resource in parsed["Resources"].values():
        properties = resource["Properties"]
        if resource["Type"] == "AWS::Serverless::LayerVersion":
            properties["ContentUri"] = f"s3://{_BUCKET}/{_LAYER}"
        elif resource["Type"] == "AWS::Serverless::StateMachine":
            del properties["DefinitionUri"]
            properties["Definition"] = json.loads(definition.read_text())
    return json.dumps(parsed, default=str)
