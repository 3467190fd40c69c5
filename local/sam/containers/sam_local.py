"""`sam local`, which runs a built function in a container of its own."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.aws import CREDENTIALS
from local.sam.cli import REGION, SAM, environment
from local.sam.containers.runtime import ContainerRuntime

INVOKE_SECONDS = 120.0
START_SECONDS = 60.0
LOOPBACK = "127.0.0.1"


class SamLocalError(RuntimeError):
    """sam failed, or the function gave no answer. The message is sam's output."""


@dataclass(frozen=True)
class SamLocal:
    """Runs functions of a template that `sam build` made, in containers of an image: `lambda_image`.

    variables: a file with environment variables by the function's logical id.
    """

    runtime: ContainerRuntime
    image: str
    template: Path
    variables: Path

    def invoke(self, function: str, event: Path) -> Any:
        """What the function answers to an event; an error object when it raised, as sam's exit code doesn't tell.

        Raises:
            SamLocalError: there was no answer: sam failed, or the function timed out, crashed or was out of memory.
        """
        done = self._run("invoke", function, "--event", str(event))
        try:
            return json.loads(done.stdout)
        except json.JSONDecodeError as error:
            raise SamLocalError(f"{function} gave no answer to {event}:\n{done.stdout}{done.stderr}") from error

    @contextmanager
    def start_lambda(self) -> Iterator[str]:
        """The URL at which the Lambda API answers while the context lasts, for Invoke only.

        Raises:
            SamLocalError: it doesn't start.
        """
        with socket.create_server((LOOPBACK, 0)) as probe:
            port = probe.getsockname()[1]
        log = self.variables.with_name("start-lambda.log")
        with log.open("wb") as output:
            server = subprocess.Popen(
                self._command("start-lambda", "--host", LOOPBACK, "--port", str(port)),
                cwd=self.template.parent,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            _wait_for(port, server, log)
            yield f"http://{LOOPBACK}:{port}"
        finally:
            # Not SIGINT: a shell in the background makes its children ignore it. sam ends its containers on both.
            server.send_signal(signal.SIGTERM)
            server.wait(START_SECONDS)

    def start_api(self) -> str:
        """What `sam local start-api` says; it ends at once, as the template has function URLs and no API."""
        return self._run("start-api").stderr

    def _run(self, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self._command(command, *arguments),
            cwd=self.template.parent,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=INVOKE_SECONDS,
            check=False,
        )

    def _command(self, command: str, *arguments: str) -> list[str]:
        return [
            *(str(SAM), "local", command, *arguments, "--template-file", str(self.template)),
            *("--env-vars", str(self.variables), "--region", REGION),
            *("--invoke-image", self.image, "--skip-pull-image"),
            *("--add-host", f"localhost:{self.runtime.gateway}"),
        ]

    @property
    def _environment(self) -> dict[str, str]:
        """No credentials: with some, sam asks AWS whose they are before it starts anything."""
        bare = {name: value for name, value in environment().items() if name not in CREDENTIALS}
        return bare | dict(self.runtime.environment)


def _wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection((LOOPBACK, port), timeout=1).close()
        except OSError as error:
            if server.poll() is not None or time.monotonic() > deadline:
                raise SamLocalError(f"sam local did not start:\n{log.read_text(errors='replace')}") from error
            time.sleep(0.1)
        else:
            return
