"""Lets calls of AWS fail: denied by IAM, throttled, or down. moto itself grants and answers everything."""

from __future__ import annotations

import threading
import warnings
from dataclasses import dataclass
from typing import Any, NoReturn

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, BaseResponse
from werkzeug.exceptions import HTTPException

from local.aws.patching import replace_method


@dataclass(frozen=True)
class Fault:
    """An error answer: its code, as AWS names it, and its HTTP status."""

    code: str
    status: int


class PlannedError(ServiceException):
    """Of this module, not of moto's, since moto tells an error's service by the module."""


_faults: dict[tuple[str, str], list[Fault]] = {}
_lock = threading.Lock()


def install() -> None:
    """Idempotent: see `local.aws.repairs`. Nothing fails until `fail_next`."""
    # This is where moto would ask IAM, before the action, in every service.
    replace_method(BaseResponse, "_authenticate_and_authorize_normal_action", _fail_if_planned)


def fail_next(service: str, operation: str, code: str, *, status: int = 400, times: int = 1) -> None:
    """Let the next `times` calls of an operation fail, on top of those that are planned.

    `service` is boto3's name of it, `operation` the API's (`PutItem`).
    """
    with _lock:
        _faults.setdefault((service, operation), []).extend([Fault(code, status)] * times)


def fail_no_more() -> None:
    """Forget every failure that is planned."""
    with _lock:
        _faults.clear()


def refuse(response: BaseResponse, code: str, status: int, message: str) -> NoReturn:
    """Answer the request that moto is about to answer with an error instead, in the service's protocol."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # codes like AccessDenied are in no service's model
        _, _, body = response.serialized(ActionResult(PlannedError(code, message)))
    refusal = HTTPException(description=str(body))
    refusal.code = status
    raise refusal


def _fail_if_planned(original: Any, self: BaseResponse, *args: Any, **kwargs: Any) -> None:
    with _lock:
        planned = _faults.get((self.boto3_service_name, self._get_action()))
        fault = planned.pop(0) if planned else None
    if fault is not None:
        refuse(self, fault.code, fault.status, f"{self._get_action()} fails as planned.")
    original(self, *args, **kwargs)
