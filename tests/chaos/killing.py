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

from local.aws import lambda_runtime
from local.aws.lambda_invocation import Answer, Invoker

WORKFLOW = (
    "ResolveAcceleratorFunction",
    "CheckReporterFunction",
    "ClaimFenceFunction",
    "UpdateEndpointGroupFunction",
    "TakeSiteOfflineFunction",
)


class Watched:
    """An Invoker around another one that knows what is under way, and which invocations ended by a kill."""

    def __init__(self, inner: Invoker) -> None:
        self._inner = inner
        self._lock = threading.Lock()
        self._under_way: Counter[str] = Counter()
        self.killed: Counter[str] = Counter()

    def invoke(self, backend: LambdaBackend, function_name: str, qualifier: str | None, payload: bytes) -> Answer:
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

    def executing(self) -> list[int]:
        """Return the processes of the workflow that run an invocation now; those that may be idle are left out."""
        processes = lambda_runtime.processes()
        with self._lock:
            return [
                pid
                for name, pids in processes.items()
                if _logical_id(name) in WORKFLOW and len(pids) == self._under_way[name]
                for pid in pids
            ]

    def kill_one(self, choice: random.Random, seconds: float) -> bool:
        """Kill one executing process; False when none was seen for so long."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            executing = self.executing()
            if executing:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(choice.choice(executing), signal.SIGKILL)
                return True
            time.sleep(0.002)
        return False


def _logical_id(function_name: str) -> str:
    return function_name.rsplit("-", 2)[-2]
