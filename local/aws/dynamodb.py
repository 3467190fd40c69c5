"""A repair of moto's DynamoDB: one request at a time.

moto checks a condition and writes in two steps without a lock, so under its threaded server two conditional writes can
both pass. Requests are small and in memory; one lock around each is enough.
"""

import threading
from typing import Any

from moto.dynamodb.responses import DynamoHandler

from local.aws.patching import replace_method

_one_at_a_time = threading.RLock()


def install() -> None:
    """Idempotent: see `local.aws.repairs`."""
    replace_method(DynamoHandler, "call_action", _alone)


def _alone(original: Any, self: DynamoHandler) -> Any:
    with _one_at_a_time:
        return original(self)
