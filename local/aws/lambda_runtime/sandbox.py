"""One process that runs a function: awslambdaric, as in Lambda, in the environment that Lambda gives it."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from moto.awslambda.models import LambdaFunction

from local.aws.lambda_invocation import InvocationResult
from local.aws.lambda_runtime.logs import LogStream
from local.aws.lambda_runtime.packages import BOOTSTRAP
from local.aws.lambda_runtime.runtime_api import Exited, Invocation, RuntimeApi, Started
from local.functions_python import FunctionsPython

# Lambda allows 10 s to start; a busy laptop may need more, and no test should fail for that.
INIT_SECONDS = 30.0


class Sandbox:
    """Runs one invocation at a time, until it is killed, times out or crashes; then it is not `alive` any more."""

    def __init__(
        self,
        function: LambdaFunction,
        python: FunctionsPython,
        task_root: Path,
        python_path: Sequence[Path],
        environment: Mapping[str, str],
        log: LogStream,
    ) -> None:
        self.function = function
        self.log = log
        self._api = RuntimeApi()
        log.write(f"INIT_START Runtime Version: python:{python.version}".encode())
        self._process = subprocess.Popen(
            # -S leaves the virtual environment's packages out; a session of its own keeps Ctrl-C away from it.
            [python.executable, "-S", "-m", BOOTSTRAP.stem, function.handler or ""],
            cwd=task_root,
            env=_environment(function, task_root, python_path, environment, self._api.address, log),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._output = threading.Thread(target=self._copy_output, name=f"log of {self._process.pid}", daemon=True)
        self._output.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def invoke(self, invocation: Invocation) -> InvocationResult:
        """Hand the invocation to the process and wait for its answer, an error, a crash or the timeout."""
        self.log.start_invocation()
        self.log.write(f"START RequestId: {invocation.request_id} Version: $LATEST".encode())
        began = time.monotonic()
        self._api.invocations.put(invocation)
        answer = self._answer_to(invocation)
        milliseconds = (time.monotonic() - began) * 1000
        self.log.write(f"REPORT RequestId: {invocation.request_id} Duration: {milliseconds:.2f} ms".encode())
        return InvocationResult(answer.payload, answer.failed, self.log.tail())

    def _answer_to(self, invocation: Invocation) -> InvocationResult:
        deadline = time.monotonic() + INIT_SECONDS
        while True:
            try:
                event = self._api.events.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                self.kill()
                return _timed_out(invocation)
            match event:
                case Started():
                    deadline = time.monotonic() + invocation.timeout
                case Exited(returncode):
                    return _exited(invocation, returncode)
                case InvocationResult():
                    return event

    def kill(self) -> None:
        """End the process at once, with whatever it started. Harmless when it has ended already."""
        with contextlib.suppress(ProcessLookupError):
            if self.alive:
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._output.join()
        self._api.close()

    def _copy_output(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as output:
            for line in output:
                self.log.write(line)
        self._api.events.put(Exited(self._process.wait()))


def exit_error(request_id: str, reason: str) -> InvocationResult:
    """What Lambda answers when the process ended before it answered."""
    return _error("Runtime.ExitError", f"RequestId: {request_id} Error: Runtime exited with error: {reason}")


def _exited(invocation: Invocation, returncode: int) -> InvocationResult:
    killed = returncode == -signal.SIGKILL
    return exit_error(invocation.request_id, "signal: killed" if killed else f"exit status {returncode}")


def _timed_out(invocation: Invocation) -> InvocationResult:
    message = f"RequestId: {invocation.request_id} Error: Task timed out after {invocation.timeout:.2f} seconds"
    return _error("Sandbox.Timedout", message)


def _error(error_type: str, message: str) -> InvocationResult:
    return InvocationResult(json.dumps({"errorType": error_type, "errorMessage": message}).encode(), failed=True)


def _environment(
    function: LambdaFunction,
    task_root: Path,
    python_path: Sequence[Path],
    extra: Mapping[str, str],
    runtime_api: str,
    log: LogStream,
) -> dict[str, str]:
    """https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html. Nothing of this process leaks in."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "PYTHONUNBUFFERED": "1",
        **extra,
        **{name: str(value) for name, value in (function.environment_vars or {}).items()},
        "PYTHONPATH": os.pathsep.join(str(path) for path in (task_root, *python_path)),
        "LAMBDA_TASK_ROOT": str(task_root),
        "_HANDLER": function.handler or "",
        "AWS_LAMBDA_RUNTIME_API": runtime_api,
        "AWS_LAMBDA_FUNCTION_NAME": function.function_name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_size or 128),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": log.group,
        "AWS_LAMBDA_LOG_STREAM_NAME": log.name,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.run_time}",
        "AWS_REGION": function.region,
        "AWS_DEFAULT_REGION": function.region,
    }
