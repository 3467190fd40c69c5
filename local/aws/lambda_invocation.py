"""Who runs a Lambda function when moto is asked to invoke one: real processes, or callables of this process."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from moto.awslambda.models import LambdaBackend

from local.aws import inactive_functions, throttling
from local.aws.patching import replace_method

MAX_LOG_TAIL_BYTES = 4096


@dataclass(frozen=True)
class InvocationResult:
    """What a function gave back: JSON bytes, and whether they are an error object instead of a result."""

    payload: bytes
    failed: bool = False
    log: bytes = b""


class Invoker(Protocol):
    def invoke(
        self, backend: LambdaBackend, function_name: str, qualifier: str | None, payload: bytes
    ) -> InvocationResult:
        """Run the function once and wait for it.

        `function_name` is a name or an ARN, as the caller gave it. Raises moto's service errors (JsonRESTError) for
        what AWS answers before any function runs: no such function, too many concurrent invocations.
        """


InvokerType = TypeVar("InvokerType", bound=Invoker)

_invoker: Invoker | None = None


def use(invoker: Invoker | None) -> Invoker | None:
    """From now on `invoker` runs every function; None: moto's own (a docker container). Returns the one before."""
    global _invoker  # moto makes its backends itself; there is no instance to hand this to
    before, _invoker = _invoker, invoker
    return before


def invoke_by(
    invoker: Invoker, backend: LambdaBackend, function_name: str, qualifier: str | None, payload: bytes
) -> InvocationResult:
    """What the Lambda service does with a call before and while `invoker` runs the function.

    Raises:
        JsonRESTError: as `Invoker.invoke` does; the region's quotas are used up; the function isn't active.
    """
    with throttling.execution(backend.region_name):
        inactive_functions.check_active(backend, function_name, qualifier)
        return invoker.invoke(backend, function_name, qualifier, payload)


def wrap_invoker(wrap: Callable[[Invoker], InvokerType]) -> InvokerType:
    """From now on, what `wrap` makes of the present invoker runs every function; returns it.

    Raises:
        RuntimeError: no function is run here, so there is nothing to wrap.
    """
    if _invoker is None:
        raise RuntimeError("no AWS of this process runs functions")
    wrapped = wrap(_invoker)
    use(wrapped)
    return wrapped


def install() -> None:
    """Idempotent: see `local.aws.repairs`."""
    replace_method(LambdaBackend, "invoke", _invoke)
    inactive_functions.install()


def _invoke(
    original: Any,
    self: LambdaBackend,
    function_name: str,
    qualifier: str | None,
    body: str | bytes | None,
    headers: Any,
    response_headers: dict[str, str],
) -> str | bytes | None:
    if _invoker is None:
        moto_answer: str | bytes | None = original(self, function_name, qualifier, body, headers, response_headers)
        return moto_answer
    payload = body.encode() if isinstance(body, str) else body or b""
    if headers.get("X-Amz-Invocation-Type") == "DryRun":
        return b""
    if headers.get("X-Amz-Invocation-Type") == "Event":
        arguments = (self, function_name, qualifier, payload)
        threading.Thread(target=_invoker.invoke, args=arguments, name=f"invoke {function_name}", daemon=True).start()
        return b""
    answer = invoke_by(_invoker, self, function_name, qualifier, payload)
    if answer.failed:
        response_headers["x-amz-function-error"] = "Unhandled"
    if headers.get("X-Amz-Log-Type") == "Tail":
        response_headers["x-amz-log-result"] = base64.b64encode(answer.log[-MAX_LOG_TAIL_BYTES:]).decode()
    response_headers["Content-Length"] = str(len(answer.payload))
    return answer.payload
