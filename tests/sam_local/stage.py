"""The deployed stack in the default world, with containers that reach it."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from local import sam
from local.aws.clients import client
from local.aws.server import LocalAws
from local.containers.bridge import Bridge
from local.containers.image import AWS_PORT, lambda_image
from local.containers.runtime import ContainerRuntime
from local.containers.sam_local import SamLocal
from local.stack import Progress, silently
from local.world import World, WorldPlan
from tests.sam_local.recording import seed_with_known_identifiers

STACK_NAME = "site-fencing"
BUILD = "build"
# What the sample events of the webhook bring along.
CREDENTIALS = {"username": "alertmanager", "password": "sample-password"}
RECORD_KEY = "site-a+site-b"


@dataclass(frozen=True)
class Stack:
    """A deployed stack in its world."""

    endpoint_url: str
    world: World
    outputs: Mapping[str, str]

    def client(self, service: str) -> Any:
        return client(service, sam.REGION, self.endpoint_url)

    def put_record(self, *, phase: str, gen: int = 1, survivor: str = "site-a") -> None:
        """Writes a fence record as Claim Fence, or Update Endpoint Group after it, would have."""
        fenced = "site-b" if survivor == "site-a" else "site-a"
        now = datetime.datetime.now(datetime.UTC).isoformat()
        item: dict[str, Any] = {
            "sites": {"S": RECORD_KEY},
            "gen": {"N": str(gen)},
            "survivor": {"S": survivor},
            "fenced": {"S": fenced},
            "phase": {"S": phase},
            "decidedAt": {"S": now},
            "execution": {"S": f"{survivor}-{fenced}-0123456789abcdef-0"},
            "removed": {"L": []},
        }
        if phase == "FENCED":
            item["fencedAt"] = {"S": now}
        self.client("dynamodb").put_item(TableName=self.outputs["FenceTableName"], Item=item)

    def function_variables(self) -> dict[str, dict[str, str]]:
        """The deployed functions' environment variables by logical id."""
        resources = self.client("cloudformation").describe_stack_resources(StackName=STACK_NAME)["StackResources"]
        configuration = self.client("lambda").get_function_configuration
        return {
            resource["LogicalResourceId"]: configuration(FunctionName=resource["PhysicalResourceId"])["Environment"][
                "Variables"
            ]
            for resource in resources
            if resource.get("ResourceType") == "AWS::Lambda::Function"
        }

    def ports(self) -> dict[int, int]:
        """Where a container connects -> where it listens on this machine's loopback."""
        ports = {site.url: urlsplit(site.url).port for site in self.world.sites.sites.values()}
        aws = urlsplit(self.endpoint_url).port
        assert aws is not None
        return {AWS_PORT: aws, **{port: port for port in ports.values() if port is not None}}


@dataclass(frozen=True)
class Stage:
    """The stack, and its functions in containers."""

    stack: Stack
    functions: SamLocal

    def invoke(self, event: Path) -> Any:
        """What the function that the event's directory is named after answers."""
        return readable(self.functions.invoke(function_of(event), event))


def function_of(event: Path) -> str:
    """The logical id of the function that an event is for."""
    return f"{event.parent.name.title().replace('_', '')}Function"


def readable(answer: Any) -> Any:
    """The answer, with the JSON text that a webhook's answer carries as a document."""
    return {**answer, "body": json.loads(answer["body"])} if isinstance(answer, dict) and "body" in answer else answer


@contextmanager
def deployed_stack(directory: Path, progress: Progress = silently) -> Iterator[Stack]:
    """Builds and deploys by sam into an AWS of this process. `directory` gets what is built, and the logs."""
    plan = WorldPlan()
    with LocalAws(log_directory=directory / "logs") as aws, World.sites_for(plan) as sites:
        world = World(lambda service, region: client(service, region, aws.endpoint_url), sites, plan)
        seed_with_known_identifiers(world)
        with progress("sam build") as tell:
            sam.build(build_directory=directory / BUILD, tell=tell)
        with progress("sam deploy") as tell:
            parameters = world.stack_parameters()
            outputs = sam.deploy(aws.endpoint_url, STACK_NAME, parameters, directory / BUILD, tell=tell)
        world.attach(table_name=outputs["FenceTableName"], state_machine_arn=outputs["StateMachineArn"])
        stack = Stack(aws.endpoint_url, world, outputs)
        stack.client("secretsmanager").put_secret_value(
            SecretId=outputs["WebhookSecretArn"], SecretString=json.dumps(CREDENTIALS)
        )
        yield stack


@contextmanager
def stage(runtime: ContainerRuntime, directory: Path, progress: Progress = silently) -> Iterator[Stage]:
    """The deployed stack with its functions in containers.

    Raises:
        NoContainerRuntimeError: there is no image, and it can't be built. That is said before anything is deployed.
    """
    with progress("Making the functions' image, the first time"):
        image = lambda_image(runtime)
    with deployed_stack(directory, progress) as stack, Bridge(runtime.gateway, stack.ports()):
        variables = directory / "variables.json"
        variables.touch(mode=0o600)
        variables.write_text(json.dumps(stack.function_variables()))
        yield Stage(stack, SamLocal(runtime, image, directory / BUILD / "template.yaml", variables))
