"""Runs the real SAM CLI, from its own virtual environment, against a local AWS."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from local.aws import CREDENTIALS, client

PROJECT = Path(__file__).resolve().parents[2]
SAM = PROJECT / ".venv-sam" / "bin" / "sam"
TEMPLATE = PROJECT / "template.yaml"
BUILD_DIRECTORY = PROJECT / ".local" / "build"
REGION = "us-west-2"
POLL_SECONDS = 0.1
STOP_SECONDS = 5.0

Tell = Callable[[str], None]


class SamError(RuntimeError):
    """A sam command failed. The message is the command and all of its output."""


def ignore(_line: str) -> None:
    """In place of telling somebody what sam does."""


def build(template: Path = TEMPLATE, build_directory: Path = BUILD_DIRECTORY, *, tell: Tell = ignore) -> None:
    """Build functions and layers of `template` into `build_directory`. `tell` gets what sam says. Raises SamError."""
    _run(["build", "--template-file", template, "--build-dir", build_directory], template.parent, tell=tell)


def deploy(
    endpoint_url: str,
    stack_name: str,
    parameters: Mapping[str, str],
    build_directory: Path = BUILD_DIRECTORY,
    *,
    tell: Tell = ignore,
) -> dict[str, str]:
    """Deploy what `build` built, as a new stack or as an update, and return the stack's outputs.

    endpoint_url: of a local AWS, by the name "localhost" (moto finds S3 buckets in the path for that name only).
    parameters: by name; those left out keep their value, or their default. tell: gets what sam says, line by line.
    Raises SamError, with the stack's events as sam shows them.
    """
    # A file: on the command line, sam takes values apart at spaces and quotes.
    overrides = build_directory / f"parameters-{stack_name}.yaml"  # JSON is YAML, but sam goes by the suffix
    overrides.write_text(json.dumps(dict(parameters), indent=2))
    command: list[str | Path] = [
        *("deploy", "--stack-name", stack_name, "--template-file", build_directory / "template.yaml"),
        *("--region", REGION, "--resolve-s3", "--capabilities", "CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"),
        *("--no-confirm-changeset", "--no-fail-on-empty-changeset", "--no-progressbar"),
    ]
    if parameters:
        command += ["--parameter-overrides", f"file://{overrides.resolve()}"]
    _run(command, build_directory, endpoint_url, tell=tell)
    return outputs(endpoint_url, stack_name)


def delete(endpoint_url: str, stack_name: str) -> None:
    """Delete the stack and what sam uploaded for it. Raises SamError."""
    _run(["delete", "--stack-name", stack_name, "--region", REGION, "--no-prompts"], PROJECT, endpoint_url)


def outputs(endpoint_url: str, stack_name: str) -> dict[str, str]:
    """The stack's outputs by name. Raises botocore's ClientError when there is no such stack."""
    stack = client("cloudformation", REGION, endpoint_url).describe_stacks(StackName=stack_name)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def environment(endpoint_url: str | None = None) -> dict[str, str]:
    """This process's environment without anything that could lead sam to a real account, or to send telemetry.

    Nor may it be told to keep no bytecode: compiling sam's thousand modules takes two seconds, each time.
    """
    outer = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SAM_CLI_"))}
    outer.pop("PYTHONDONTWRITEBYTECODE", None)
    aws = {} if endpoint_url is None else {"AWS_ENDPOINT_URL": endpoint_url}
    return {
        **outer,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        **CREDENTIALS,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "SAM_CLI_TELEMETRY": "0",
        "SAM_CLI_POLL_DELAY": str(POLL_SECONDS),
        "PYTHONUNBUFFERED": "1",
        **aws,
    }


def _run(arguments: list[str | Path], directory: Path, endpoint_url: str | None = None, *, tell: Tell = ignore) -> None:
    """Run sam in `directory`: it looks for samconfig.toml beside the template, or here."""
    command = [str(SAM), *(str(argument) for argument in arguments)]
    printed = []
    with subprocess.Popen(
        command,
        cwd=directory,
        env=environment(endpoint_url),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,  # Ctrl-C is for this process, which then stops sam and all that sam has started
    ) as sam:
        assert sam.stdout is not None
        try:
            for line in sam.stdout:
                printed.append(line)
                if any(character.isalnum() for character in line):
                    tell(" ".join(line.split()))
        except BaseException:
            _stop(sam)
            raise
    if sam.returncode != 0:
        raise SamError(f"{' '.join(command)}\nended with {sam.returncode}:\n{''.join(printed)}")


def _stop(sam: subprocess.Popen[str]) -> None:
    """End sam as Ctrl-C does, so that it removes what it has begun; then whatever is left of its process group."""
    with suppress(ProcessLookupError):  # nothing is left
        os.killpg(sam.pid, signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            sam.wait(STOP_SECONDS)
        os.killpg(sam.pid, signal.SIGKILL)
