"""Functions in a VPC that were idle for so long that Lambda took their network interfaces back.

https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html: the first Invoke of an inactive function fails and
makes it pending, and while it is pending every Invoke fails. Which errors these are: ResourceNotReadyException as
botocore's model describes it, and ResourceConflictException with the sentence that users quote for a pending function.
How long it takes is published nowhere; a new function's interfaces take about a minute.
"""

from __future__ import annotations

import threading
from typing import Any

from moto.awslambda.exceptions import UnknownFunctionException
from moto.awslambda.models import LambdaBackend, LambdaFunction
from moto.core.exceptions import JsonRESTError

from local.aws import clock
from local.aws.patching import replace_method

TYPICAL_RECOVERY_SECONDS = 90

_lock = threading.Lock()
_recovery_seconds: float | None = None
_active_at: dict[str, float] = {}


class ResourceNotReady(JsonRESTError):
    code = 502

    def __init__(self) -> None:
        super().__init__(
            "ResourceNotReadyException",
            "The function is inactive and its VPC connection is no longer available. Wait for the VPC connection to "
            "reestablish and try again.",
        )


class ResourceConflict(JsonRESTError):
    code = 409

    def __init__(self) -> None:
        super().__init__(
            "ResourceConflictException",
            "The operation cannot be performed at this time. The function is currently in the following state: Pending",
        )


def install() -> None:
    """Idempotent: see `local.aws.repairs`. Every function is active until `sleep`."""
    replace_method(LambdaFunction, "get_configuration", _with_state)


def sleep(recovery_seconds: float) -> None:
    """Every function that is in a VPC is inactive now. Each one is active so long after the first Invoke of it."""
    global _recovery_seconds  # noqa: PLW0603  (moto's state is process-wide too)
    with _lock:
        _recovery_seconds = recovery_seconds
        _active_at.clear()


def wake() -> None:
    """Every function is active."""
    global _recovery_seconds  # noqa: PLW0603  (the same)
    with _lock:
        _recovery_seconds = None
        _active_at.clear()


def check_active(backend: LambdaBackend, function_name: str, qualifier: str | None) -> None:
    """Invoke's refusal of a function that isn't active; the first one lets it recover.

    Raises:
        ResourceNotReady: it was inactive, and is pending now.
        ResourceConflict: it is pending.
    """
    with _lock:
        if _recovery_seconds is None:
            return
        try:
            function = backend.get_function(function_name, qualifier)
        except UnknownFunctionException:
            return  # whoever runs functions says so
        state = _state(function)
        if state == "Inactive":
            _active_at[function.function_arn] = clock.now() + _recovery_seconds
            raise ResourceNotReady
        if state == "Pending":
            raise ResourceConflict


def _state(function: LambdaFunction) -> str:
    in_vpc = (function.vpc_config or {}).get("SubnetIds")
    if _recovery_seconds is None or not in_vpc:
        return "Active"
    active_at = _active_at.get(function.function_arn)
    if active_at is None:
        return "Inactive"
    return "Pending" if clock.now() < active_at else "Active"


def _with_state(original: Any, self: LambdaFunction, *args: Any, **kwargs: Any) -> dict[str, Any]:
    configuration: dict[str, Any] = original(self, *args, **kwargs)
    with _lock:
        state = _state(self)
    if state != "Active":
        reason = {"Inactive": "Idle", "Pending": "Restoring"}[state]
        configuration |= {"State": state, "StateReasonCode": reason}
    return configuration
