"""Kills the processes of the workflow's functions, by their ids, while they run an invocation."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import threading
import time
from collections import Counter

from moto.awslambda.models import LambdaBackend

from local.aws import InvocationResult, Invoker, lambda_runtime

WORKFLOW = (
    "ResolveAcceleratorFunction",
    "CheckReporterFunction",
    "ClaimFenceFunction",
    "UpdateEndpointGroupFunction",
    "TakeSiteOfflineFunction",
)
# About as long as an invocation lasts.
_LONGEST_PAUSE = 0.06


class Watched:
    """An Invoker around another one that knows what is under way, and which invocations ended by a kill."""

    def __init__(self, inner: Invoker) -> None:
        self._inner = inner
        self._lock = threading.Lock()
        self._under_way: Counter[str] = Counter()
        self.killed: Counter[str] = Counter()

    def invoke(
        self, backend: LambdaBackend, function_name: str, qualifier: str | None, payload: bytes
    ) -> InvocationResult:
        """See `local.aws.lambda_invocation.Invoker`."""
        name = function_name.rsplit(":", 1)[-1]
        with self._lock:
            self._under_way[name] += 1
        try:
            answer = self._inner.invoke(backend, function_name, qualifier, payload)
        finally:
            with self._lock:
                self._under_way[name] -= 1
        if answer.failed and json.loads(answer.payload).get("errorType") == "Runtime.ExitError":
            with self._lock:
                self.killed[_logical_id(name)] += 1
        return answer

    def kill_one(self, choice: random.Random, seconds: float) -> None:
        """Wait for an invocation of a random function, and kill a process of that function at a random moment of it.

        A process that is idle may be hit as well, while another one runs the invocation: `killed` counts what was hit.
        """
        function, pause = choice.choice(WORKFLOW), choice.random() * _LONGEST_PAUSE
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self._is_under_way(function):
                time.sleep(pause)
                pids = [pid for name, pids in lambda_runtime.processes().items() if function in name for pid in pids]
                if pids and self._is_under_way(function):
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(choice.choice(pids), signal.SIGKILL)
                    return
            time.sleep(0.002)

    def _is_under_way(self, function: str) -> bool:
        with self._lock:
            return any(running and _logical_id(name) == function for name, running in self._under_way.items())


def _logical_id(function_name: str) -> str:
    return function_name.rsplit("-", 2)[-2]
