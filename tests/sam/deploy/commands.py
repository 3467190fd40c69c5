"""The sam command as a person types it, against the local AWS, with all that it prints."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.aws import client
from local.sam import cli as sam
from local.world import World

SECONDS = 300.0
STACK_NAME = "site-fencing"


@dataclass(frozen=True)
class Printed:
    """What a command printed, standard error included, and its exit code."""

    text: str
    code: int


@dataclass(frozen=True)
class Account:
    """The local AWS, with the default world in it."""

    endpoint_url: str
    world: World

    def client(self, service: str) -> Any:
        return client(service, sam.REGION, self.endpoint_url)

    def sam(self, *arguments: str, directory: Path, typed: str = "") -> Printed:
        done = subprocess.run(
            [str(sam.SAM), *arguments],
            cwd=directory,
            env=sam.environment(self.endpoint_url),
            input=typed,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        return Printed(done.stdout, done.returncode)

    def deploy(
        self,
        build: Path,
        parameters: Mapping[str, str] | None = None,
        *,
        template: str = "template.yaml",
        stack_name: str = STACK_NAME,
    ) -> Printed:
        """`parameters` that aren't given keep their value, or their default in a new stack."""
        # In a file: on the command line, sam takes no empty values.
        file = build / "parameters.yaml"
        file.write_text(json.dumps(parameters))
        return self.sam(
            *("deploy", "--stack-name", stack_name, "--template-file", template),
            *("--no-confirm-changeset", "--no-progressbar"),
            *(["--parameter-overrides", f"file://{file}"] if parameters else []),
            directory=build,
        )

    def delete(self, build: Path, stack_name: str = STACK_NAME) -> Printed:
        return self.sam("delete", "--stack-name", stack_name, "--region", sam.REGION, "--no-prompts", directory=build)

    def status(self, stack_name: str = STACK_NAME) -> str:
        status: str = self._stack(stack_name)["StackStatus"]
        return status

    def outputs(self) -> dict[str, str]:
        return {output["OutputKey"]: output["OutputValue"] for output in self._stack()["Outputs"]}

    def resources(self) -> dict[str, str]:
        """Logical id -> physical id of what the stack consists of."""
        found = self.client("cloudformation").describe_stack_resources(StackName=STACK_NAME)["StackResources"]
        return {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in found}

    def variables(self, function: str) -> dict[str, str]:
        """The environment of a function, by its logical id."""
        name = self.resources()[function]
        configuration = self.client("lambda").get_function_configuration(FunctionName=name)
        variables: dict[str, str] = configuration["Environment"]["Variables"]
        return variables

    def _stack(self, stack_name: str = STACK_NAME) -> Any:
        return self.client("cloudformation").describe_stacks(StackName=stack_name)["Stacks"][0]
