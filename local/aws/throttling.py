"""Answers calls beyond a quota as each service does. Nothing is throttled until `apply`."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.core.responses import BaseResponse

from local.aws import clock
from local.aws.clients import OBSERVER
from local.aws.faults import refuse
from local.aws.patching import replace_method
from local.aws.quotas import Buckets, Quota


@dataclass(frozen=True)
class Throttled:
    """What a service answers: its error code, the message and the HTTP status."""

    code: str = "ThrottlingException"
    message: str = "Rate exceeded"
    status: int = 400


# boto3's names of the services that the application calls. The codes are those of botocore's models and of the pages in
# `quotas`; SNS's and CloudFormation's are those of the Query protocol's common errors.
SERVICES = {
    "globalaccelerator": Throttled(),
    "elbv2": Throttled(),
    "stepfunctions": Throttled(),
    "secretsmanager": Throttled(),
    "sns": Throttled("Throttling"),
    "cloudformation": Throttled("Throttling"),
    "events": Throttled(),
    "dynamodb": Throttled(
        message="Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling "
        "your table or index so please try again shortly."
    ),
    "lambda": Throttled("TooManyRequestsException", "Rate Exceeded.", 429),
}


class TooManyRequests(JsonRESTError):
    """Lambda's refusal of an Invoke, for whichever quota."""

    code = SERVICES["lambda"].status

    def __init__(self) -> None:
        super().__init__(SERVICES["lambda"].code, SERVICES["lambda"].message)


_buckets = Buckets((), clock.now)
_concurrency: int | None = None
_running: Counter[str] = Counter()
_lock = threading.Lock()


def install() -> None:
    """Idempotent: see `local.aws.repairs`."""
    replace_method(BaseResponse, "_authenticate_and_authorize_normal_action", _answer_within_quota)


def apply(*quotas: Quota, concurrency: int | None = None) -> None:
    """From now on these quotas hold, beside those that held before; every bucket is full.

    `concurrency` is how many functions may run at a time in a region; None leaves it as it is.
    """
    global _buckets, _concurrency  # noqa: PLW0603  (moto's state is process-wide too)
    _buckets = Buckets((*_buckets.quotas, *quotas), clock.now)
    _concurrency = _concurrency if concurrency is None else concurrency


def lift() -> None:
    """No quota holds any more."""
    global _buckets, _concurrency
    _buckets, _concurrency = Buckets((), clock.now), None


@contextmanager
def execution(region: str) -> Iterator[None]:
    """Around the run of a function.

    Raises:
        TooManyRequests: there are too many calls of functions in the region, or too many run.
    """
    with _lock:
        full = _concurrency is not None and _running[region] >= _concurrency
        if full or not _buckets.take("lambda", "Invoke", region):
            raise TooManyRequests
        _running[region] += 1
    try:
        yield
    finally:
        with _lock:
            _running[region] -= 1


def _answer_within_quota(original: Any, self: BaseResponse, *args: Any, **kwargs: Any) -> None:
    """Of every service but Lambda, whose functions are called by their URLs as well: see `execution`."""
    service = self.boto3_service_name
    counts = _buckets.quotas and service != "lambda" and OBSERVER not in self.headers.get("User-Agent", "")
    if counts and not _buckets.take(service, self._get_action(), self.region):
        throttled = SERVICES.get(service, Throttled())
        refuse(self, throttled.code, throttled.status, throttled.message)
    original(self, *args, **kwargs)
