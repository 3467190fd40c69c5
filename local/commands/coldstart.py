"""What a function's first answer costs, against a handler that does nothing but make a boto3 client.

`python -m local.commands.coldstart` builds the application and measures it: process start, imports and the first
invocation, under awslambdaric, as in a new Lambda sandbox. The functions' own code is not compiled there, nor here.
What AWS answers comes from a stand-in that has little to say, so nobody's network or world is measured. The measure is
processor time: that is what a cold start waits for, and other work on this machine doesn't count.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from local.aws import InvocationResult
from local.aws.lambda_runtime import Invocation, RuntimeApi, UnpackedPackages
from local.functions_python import functions_python
from local.sam import cli as sam

ROUNDS = 9
ANSWER_SECONDS = 30.0
GOALS = {"WebhookFunction": 1.3}
GOAL_OF_A_STEP = 1.5
LAYER = "PackagesLayer"
LARGEST_LAYER_KIB = 5 * 1024
COMPILED = {
    True: "compiled",
    False: "not compiled as there is no Python 3.13 here; the ratios are those of a compiled one",
}
BARE = "a bare handler"
BARE_CODE = """\
import boto3

client = boto3.client("stepfunctions")


def handler(event, context):
    return {}
"""
SAMPLE_CREDENTIALS = {"username": "alertmanager", "password": "sample-password"}
VARIABLES = {
    "SITE_A": "site-a",
    "SITE_B": "site-b",
    "SITE_A_INFINISPAN_URL": "https://site-a.example",
    "SITE_B_INFINISPAN_URL": "https://site-b.example",
    "INFINISPAN_SECRET_ARN": "arn:aws:secretsmanager:us-west-2:123456789012:secret:infinispan-AbCdEf",
    "WEBHOOK_SECRET_ARN": "arn:aws:secretsmanager:us-west-2:123456789012:secret:webhook-AbCdEf",
    "STATE_MACHINE_ARN": "arn:aws:states:us-west-2:123456789012:stateMachine:fence",
    "ACCELERATOR_DNS_NAMES": "a3da6a6cbd4e27b02.awsglobalaccelerator.com",
    "FENCE_TABLE": "fence",
    "HOLD_DOWN_SECONDS": "600",
}


@dataclass(frozen=True)
class Candidate:
    """A function to be measured: its handler, its code, its layer, and the event of its first invocation."""

    name: str
    handler: str
    code: Path
    layers: Sequence[Path]
    event: bytes

    @property
    def goal(self) -> float:
        return GOALS.get(self.name, GOAL_OF_A_STEP)


def candidates(build: Path) -> Iterator[Candidate]:
    """The built functions, each with its sample event."""
    for code in sorted(build.glob("*Function")):
        folder = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in code.name)
        folder = folder.removeprefix("_").removesuffix("_function")
        sample = "resolved.json" if folder == "webhook" else "good.json"
        event = (sam.PROJECT / "events" / folder / sample).read_bytes()
        yield Candidate(code.name, f"{folder}.app.handler", code, [build / LAYER / "python"], event)


def first_answer_seconds(candidate: Candidate, runtime: Path, endpoint_url: str) -> float:
    """The processor time that the process has taken when its first answer is there.

    Raises:
        RuntimeError: it couldn't import its handler.
        queue.Empty: it gave no answer.
    """
    api = RuntimeApi()
    invocation = Invocation(str(uuid.uuid4()), candidate.event, ANSWER_SECONDS, "arn:aws:lambda:::function:f", "Root=1")
    api.invocations.put(invocation)
    process = subprocess.Popen(
        [functions_python().executable, "-S", "-m", "awslambdaric", candidate.handler],
        cwd=candidate.code,
        env=_environment(candidate, runtime, endpoint_url, api.address),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not isinstance(answer := api.events.get(timeout=ANSWER_SECONDS), InvocationResult):
            pass
    finally:
        process.kill()
        _, _, used = os.wait4(process.pid, 0)
        api.close()
    if b"Runtime.ImportModuleError" in answer.payload:
        raise RuntimeError(answer.payload.decode())
    return used.ru_utime + used.ru_stime


def _environment(candidate: Candidate, runtime: Path, endpoint_url: str, runtime_api: str) -> Mapping[str, str]:
    return {
        **VARIABLES,
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": os.pathsep.join(str(path) for path in (candidate.code, *candidate.layers, runtime)),
        "PYTHONDONTWRITEBYTECODE": "1",
        "AWS_LAMBDA_RUNTIME_API": runtime_api,
        "AWS_LAMBDA_FUNCTION_NAME": candidate.name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "_HANDLER": candidate.handler,
        "AWS_REGION": sam.REGION,
        "AWS_DEFAULT_REGION": sam.REGION,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_ENDPOINT_URL": endpoint_url,
    }


class _EmptyAws(BaseHTTPRequestHandler):
    """Knows one secret; has nothing else."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        operation = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
        known = {"GetSecretValue": {"SecretString": json.dumps(SAMPLE_CREDENTIALS), "VersionId": "1"}}
        body = json.dumps(known.get(operation, {})).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


class _QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A measured process is killed once it has answered: its connections break."""


@contextmanager
def _empty_aws() -> Iterator[str]:
    with _QuietServer(("127.0.0.1", 0), _EmptyAws) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def measure(measured: Sequence[Candidate], runtime: Path, rounds: int = ROUNDS) -> Mapping[str, float]:
    """Least seconds by name: what else the machine does only adds. The rounds are interleaved for the same reason."""
    taken: dict[str, list[float]] = {candidate.name: [] for candidate in measured}
    with _empty_aws() as endpoint_url:
        for _ in range(rounds):
            for candidate in measured:
                taken[candidate.name].append(first_answer_seconds(candidate, runtime, endpoint_url))
    return {name: min(seconds) for name, seconds in taken.items()}


def compiled_for_lambda(packages: Path) -> bool:
    """Whether layer/Makefile has found Lambda's Python."""
    return any(packages.rglob("*.cpython-313.pyc"))


def compile_packages(layer: Path, runtime: Path) -> None:
    """For the Python that is measured: the layer as layer/Makefile does it, the runtime as Lambda has it."""
    compiler: list[str | Path] = [functions_python().executable, "-m", "compileall", "-q"]
    subprocess.run([*compiler, "-f", "--invalidation-mode", "unchecked-hash", layer], check=True)
    subprocess.run([*compiler, *(package.resolve() for package in runtime.iterdir())], check=True)


def size_kib(directory: Path) -> float:
    return sum(path.stat().st_size for path in directory.rglob("*") if path.is_file()) / 1024


def main() -> int:
    """Prints the table; 1 when a goal is missed."""
    missed = []
    with tempfile.TemporaryDirectory() as directory:
        build = Path(directory, "build")
        sam.build(build_directory=build)
        bare = Path(directory, "bare")
        bare.mkdir()
        (bare / "app.py").write_text(BARE_CODE)
        layer, compiled = size_kib(build / LAYER), compiled_for_lambda(build / LAYER)
        functions = list(candidates(build))
        runtime = UnpackedPackages(Path(directory), functions_python()).runtime()
        compile_packages(build / LAYER, runtime)
        least = measure([Candidate(BARE, "app.handler", bare, [], b"{}"), *functions], runtime)
        print(f"Python {functions_python()}")
        print(f"{'first answer':30} {'CPU ms':>6} {'ratio':>6} {'goal':>6} {'code':>9}")
        print(f"{BARE:30} {least[BARE] * 1000:6.0f} {1:6.2f}")
        for function in functions:
            ratio = least[function.name] / least[BARE]
            size = size_kib(function.code)
            milliseconds = least[function.name] * 1000
            print(f"{function.name:30} {milliseconds:6.0f} {ratio:6.2f} {function.goal:6.1f} {size:5.0f} KiB")
            if ratio > function.goal:
                missed.append(f"{function.name} takes {ratio:.2f} times the bare handler, not {function.goal}")
        print(f"{LAYER}, unpacked: {layer:.0f} KiB of at most {LARGEST_LAYER_KIB}, {COMPILED[compiled]}")
    if layer > LARGEST_LAYER_KIB:
        missed.append(f"{LAYER} has {layer:.0f} KiB, not {LARGEST_LAYER_KIB}")
    for goal in missed:
        print(f"Missed: {goal}.", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
