"""Lets something happen at the moment when a Lambda function is invoked: how two executions are interleaved exactly."""

from __future__ import annotations

import threading
from collections.abc import Callable

from moto.awslambda.models import LambdaBackend

from local.aws import InvocationResult, Invoker


class Interception:
    """An Invoker around the real one. `before` plans an action for one invocation."""

    def __init__(self, inner: Invoker) -> None:
        self._inner = inner
        self._planned: list[tuple[str, Callable[[], None]]] = []
        self._lock = threading.Lock()

    def before(self, function: str, action: Callable[[], None]) -> None:
        """Call `action` before the next invocation of the function whose logical id is `function`."""
        with self._lock:
            self._planned.append((function, action))

    def forget(self) -> None:
        """Plan nothing any more."""
        with self._lock:
            self._planned.clear()

    def invoke(
        self, backend: LambdaBackend, function_name: str, qualifier: str | None, payload: bytes
    ) -> InvocationResult:
        """See `local.aws.lambda_invocation.Invoker`."""
        action = self._next(function_name)
        if action is not None:
            action()
        return self._inner.invoke(backend, function_name, qualifier, payload)

    def _next(self, function_name: str) -> Callable[[], None] | None:
        with self._lock:
            for index, (function, action) in enumerate(self._planned):
                if f"-{function}-" in function_name:
                    del self._planned[index]
                    return action
        return None
