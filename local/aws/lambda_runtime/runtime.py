"""Runs Lambda functions in processes: as many at a time as there are concurrent invocations."""

from __future__ import annotations

import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from moto.awslambda.models import LambdaBackend, LambdaFunction
from moto.core.exceptions import JsonRESTError

from local.aws.lambda_invocation import InvocationResult
from local.aws.lambda_runtime.logs import LogStream
from local.aws.lambda_runtime.packages import UnpackedPackages
from local.aws.lambda_runtime.runtime_api import Invocation
from local.aws.lambda_runtime.sandbox import Sandbox, exit_error
from local.aws.throttling import TooManyRequests
from local.functions_python import functions_python

CrashPoint = Literal["start", "response"]


class LambdaRuntime:
    """All function processes of one local AWS. `close` ends them; none outlives it.

    `environment` is added to every function's, below its own variables (for instance AWS_ENDPOINT_URL).
    """

    def __init__(self, log_directory: Path, environment: Mapping[str, str]) -> None:
        self._log_directory = log_directory
        self._environment = environment
        self._unpack_directory = tempfile.TemporaryDirectory(prefix="lambda-")
        self._python = functions_python()
        self._packages = UnpackedPackages(Path(self._unpack_directory.name), self._python)
        self._lock = threading.Lock()
        self._idle: dict[str, list[tuple[Any, Sandbox]]] = {}
        self._busy: list[Sandbox] = []
        self._crashes: list[tuple[str, CrashPoint]] = []
        self._closed = False

    def invoke(
        self, backend: LambdaBackend, function_name: str, qualifier: str | None, payload: bytes
    ) -> InvocationResult:
        """See `local.aws.lambda_invocation.Invoker`."""
        function = backend.get_function(function_name, qualifier)
        invocation = Invocation(
            request_id=str(uuid.uuid4()),
            payload=payload or b"{}",
            timeout=float(function.timeout or 3),
            function_arn=function.function_arn,
            trace_id=f"Root=1-{int(time.time()):08x}-{uuid.uuid4().hex[:24]};Sampled=0",
        )
        with self._sandbox(function, backend) as sandbox:
            crash = self._planned_crash(function.function_name)
            if crash == "start":
                sandbox.kill()
                return exit_error(invocation.request_id, "signal: killed")
            answer = sandbox.invoke(invocation)
            if crash == "response":
                sandbox.kill()
                return exit_error(invocation.request_id, "signal: killed")
            return answer

    def crash(self, function_name_prefix: str, times: int = 1, after: CrashPoint = "start") -> None:
        """Kill the process during the next `times` invocations of functions whose name starts with the prefix.

        after="start": before the handler ran. after="response": when the handler has done its work, but before its
        answer is taken. Either way the caller sees Runtime.ExitError.
        """
        with self._lock:
            self._crashes += [(function_name_prefix, after)] * times

    def processes(self) -> dict[str, list[int]]:
        """The ids of the living processes, by function name."""
        with self._lock:
            sandboxes = self._busy + [sandbox for idle in self._idle.values() for _, sandbox in idle]
        found: dict[str, list[int]] = {}
        for sandbox in sandboxes:
            if sandbox.alive:
                found.setdefault(sandbox.function.function_name, []).append(sandbox.pid)
        return found

    def close(self) -> None:
        """Kill every process and remove what was unpacked. Invocations that still wait get Runtime.ExitError."""
        with self._lock:
            self._closed = True
            sandboxes = self._busy + [sandbox for idle in self._idle.values() for _, sandbox in idle]
            self._idle.clear()
        for sandbox in sandboxes:
            sandbox.kill()
        self._unpack_directory.cleanup()

    @contextmanager
    def _sandbox(self, function: LambdaFunction, backend: LambdaBackend) -> Iterator[Sandbox]:
        revision = _revision(function)
        with self._lock:
            self._check_concurrency(function)
            idle = self._idle.pop(function.function_arn, [])
            fresh = [entry for entry in idle if entry[0] == revision and entry[1].alive]
            outdated = [sandbox for found, sandbox in idle if found != revision or not sandbox.alive]
            sandbox = fresh.pop()[1] if fresh else self._started(function, backend)
            self._idle[function.function_arn] = fresh
            self._busy.append(sandbox)
        for old in outdated:
            old.kill()
        try:
            yield sandbox
        finally:
            with self._lock:
                self._busy.remove(sandbox)
                reusable = sandbox.alive and not self._closed
                if reusable:
                    self._idle[function.function_arn].append((revision, sandbox))
            if not reusable:
                sandbox.kill()

    def _started(self, function: LambdaFunction, backend: LambdaBackend) -> Sandbox:
        if self._closed:
            raise JsonRESTError("ServiceException", "The local Lambda runtime is stopping.")
        task_root = self._packages.task_root(function)
        python_path = [*self._packages.layers(function, backend), self._packages.runtime()]
        log = LogStream(function, self._log_directory)
        return Sandbox(function, self._python, task_root, python_path, self._environment, log)

    def _check_concurrency(self, function: LambdaFunction) -> None:
        if function.reserved_concurrency is None:
            return
        running = Counter(sandbox.function.function_arn for sandbox in self._busy)
        if running[function.function_arn] >= int(function.reserved_concurrency):
            raise TooManyRequests

    def _planned_crash(self, function_name: str) -> CrashPoint | None:
        with self._lock:
            for index, (prefix, after) in enumerate(self._crashes):
                if function_name.startswith(prefix):
                    del self._crashes[index]
                    return after
        return None


def _revision(function: LambdaFunction) -> tuple[Any, ...]:
    """What a process was started with: when any of it changes, a new process is needed."""
    return (
        function.code_sha_256,
        function.handler,
        function.memory_size,
        tuple(sorted((function.environment_vars or {}).items())),
        tuple(layer["Arn"] for layer in function.layers),
        function.logs_group_name,
    )
