"""The AWS account that the suite runs on, a real or the local one: boto3, sam and aws find it by the environment."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import boto3
from botocore.config import Config

from local.sam import cli as sam

TAG = "site-fencing-test"
PREFIX = "site-fencing-test"
REGION = sam.REGION
# Beyond botocore's own: IAM, for one, answers for a while as if a new role weren't there.
PATIENT = Config(retries={"mode": "standard", "total_max_attempts": 8})

T = TypeVar("T")


class SamFailed(AssertionError):
    """A sam command failed. The message has its output."""


@dataclass(frozen=True)
class Account:
    """Every stack carries the tag `site-fencing-test`, and every name begins with `run`: so `leftovers` finds it."""

    id: str
    is_real: bool
    run: str
    directory: Path

    def client(self, service: str, region: str = REGION, config: Config = PATIENT) -> Any:
        """A boto3 client."""
        factory: Any = boto3.client
        return factory(service, region_name=region, config=config)

    @property
    def bucket(self) -> str:
        """The bucket that sam uploads to."""
        return f"{self.run}-{self.id}"

    def name(self, part: str) -> str:
        return f"{self.run}-{part}"

    # sam

    def build(self, template: Path) -> Path:
        """The directory that sam has built the template into."""
        directory = self.directory / f"build-{template.parent.name}"
        sam.build(template, directory)
        return directory

    def deploy(self, name: str, build: Path, parameters: Mapping[str, str]) -> dict[str, str]:
        """Deploy what was built as the stack `name`, new or again, by `sam deploy`; returns the stack's outputs.

        Raises:
            SamFailed: sam says no; the message says why.
        """
        stack = self.name(name)
        overrides = self.directory / f"parameters-{stack}.yaml"  # a file: sam takes a command line apart at spaces
        overrides.write_text(json.dumps(dict(parameters)))
        self.sam(
            *("deploy", "--stack-name", stack, "--template-file", str(build / "template.yaml"), "--region", REGION),
            *("--s3-bucket", self.bucket, "--s3-prefix", stack, "--capabilities", "CAPABILITY_IAM"),
            *("--tags", f"{TAG}={self.run}", "--parameter-overrides", f"file://{overrides}"),
            *("--no-confirm-changeset", "--no-fail-on-empty-changeset", "--no-progressbar"),
        )
        return self.outputs(stack)

    def sam(self, *arguments: str) -> None:
        """Run sam. Raises SamFailed."""
        done = subprocess.run(
            [sam.SAM, *arguments],
            cwd=self.directory,  # there is no samconfig.toml
            env={**os.environ, "SAM_CLI_TELEMETRY": "0", **({} if self.is_real else {"SAM_CLI_POLL_DELAY": "0.1"})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SamFailed(f"sam {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}")

    def outputs(self, stack: str) -> dict[str, str]:
        (described,) = self.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
        return {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}

    # Waiting

    def eventually(self, look: Callable[[], T], until: Callable[[T], bool], seconds: float, every: float = 2.0) -> T:
        """What `look` gives when it is as it should be. On the local AWS nobody waits between two looks.

        Raises:
            AssertionError: it isn't after so many seconds; the message has the last look.
        """
        deadline = time.monotonic() + seconds
        while not until(seen := look()):
            assert time.monotonic() < deadline, f"after {seconds:.0f} s: {seen}"
            self.pause(every)
        return seen

    def pause(self, seconds: float) -> None:
        """Wait so long for AWS."""
        time.sleep(seconds if self.is_real else 0.05)
