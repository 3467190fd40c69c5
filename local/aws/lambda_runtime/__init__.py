"""The local Lambda runtime: real awslambdaric processes behind Invoke and behind function URLs.

The functions of this module act on the runtime of the local AWS that runs in this process; there is one at most.
"""

from __future__ import annotations

from local.aws.lambda_runtime.packages import UnpackedPackages
from local.aws.lambda_runtime.runtime import CrashPoint, LambdaRuntime
from local.aws.lambda_runtime.runtime_api import Invocation, RuntimeApi

__all__ = ["CrashPoint", "Invocation", "LambdaRuntime", "RuntimeApi", "UnpackedPackages", "crash", "processes", "use"]

_current: LambdaRuntime | None = None


def use(runtime: LambdaRuntime | None) -> None:
    """Make `runtime` the one that `crash` and `processes` act on."""
    global _current  # noqa: PLW0603  (moto's state is process-wide too)
    _current = runtime


def crash(function_name_prefix: str, times: int = 1, after: CrashPoint = "start") -> None:
    """See `LambdaRuntime.crash`. Raises RuntimeError when no local AWS runs in this process."""
    _running().crash(function_name_prefix, times, after)


def processes() -> dict[str, list[int]]:
    """See `LambdaRuntime.processes`. Raises RuntimeError when no local AWS runs in this process."""
    return _running().processes()


def _running() -> LambdaRuntime:
    if _current is None:
        raise RuntimeError("no local AWS runs in this process")
    return _current
