"""The deployed stack in the default world, with containers that reach it."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from local.sam.containers.bridge import Bridge
from local.sam.containers.image import AWS_PORT, lambda_image
from local.sam.containers.runtime import ContainerRuntime
from local.sam.containers.sam_local import SamLocal
from local.stack.embedded import EmbeddedStack, Progress, silently
from local.stack.sam_local.recording import seed_with_known_identifiers

BUILD = "build"
# What the sample events of the webhook bring along.
CREDENTIALS = {"username": "alertmanager", "password": "sample-password"}
RECORD_KEY = "site-a+site-b"


@dataclass(frozen=True)
class ContainerEnvironment:
    """The stack, and its functions in containers."""

    stack: EmbeddedStack
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
def container_environment(
    runtime: ContainerRuntime, directory: Path, *, progress: Progress = silently
) -> Iterator[ContainerEnvironment]:
    """Builds and deploys by sam into an AWS of this process. `directory` gets what is built, and the logs.

    Raises:
        NoContainerRuntimeError: there is no image, and it can't be built. That is said before anything is deployed.
    """
    with progress("Making the functions' image, the first time"):
        image = lambda_image(runtime)
    build = directory / BUILD
    with (
        EmbeddedStack(
            seed=seed_with_known_identifiers, directory=directory, build_directory=build, progress=progress
        ) as stack,
        Bridge(runtime.gateway, _ports(stack)),
    ):
        stack.client("secretsmanager").put_secret_value(
            SecretId=stack.webhook_secret_arn, SecretString=json.dumps(CREDENTIALS)
        )
        variables = directory / "variables.json"
        variables.touch(mode=0o600)
        variables.write_text(json.dumps(_function_variables(stack)))
        yield ContainerEnvironment(stack, SamLocal(runtime, image, build / "template.yaml", variables))


def put_record(stack: EmbeddedStack, *, phase: str, generation: int = 1, survivor: str = "site-a") -> None:
    """Writes a fence record as Claim Fence, or Update Endpoint Group after it, would have."""
    fenced = "site-b" if survivor == "site-a" else "site-a"
    now = datetime.datetime.now(datetime.UTC).isoformat()
    item: dict[str, Any] = {
        "sites": {"S": RECORD_KEY},
        "generation": {"N": str(generation)},
        "survivor": {"S": survivor},
        "fenced": {"S": fenced},
        "phase": {"S": phase},
        "decidedAt": {"S": now},
        "execution": {"S": f"{survivor}-{fenced}-0123456789abcdef-0"},
        "removed": {"L": []},
    }
    if phase == "FENCED":
        item["fencedAt"] = {"S": now}
    stack.client("dynamodb").put_item(TableName=stack.table_name, Item=item)


def _function_variables(stack: EmbeddedStack) -> dict[str, dict[str, str]]:
    """The deployed functions' environment variables by logical id."""
    return {logical_id: dict(function.environment) for logical_id, function in stack.deployment.functions.items()}


def _ports(stack: EmbeddedStack) -> dict[int, int]:
    """Where a container connects -> where it listens on this machine's loopback."""
    ports = {urlsplit(site.url).port for site in stack.world.sites.sites.values()}
    aws = urlsplit(stack.endpoint_url).port
    assert aws is not None
    return {AWS_PORT: aws, **{port: port for port in ports if port is not None}}
