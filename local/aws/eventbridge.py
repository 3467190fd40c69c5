"""Repairs of moto's EventBridge: which entries of PutEvents fail, and which requests are refused.

moto takes a Detail that is JSON but no object, and events of any size. The failed entry is as in recorded answers of
AWS (LocalStack, tests/aws/services/stepfunctions/v2/services/test_events_task_service.snapshot.json).
"""

from __future__ import annotations

import json
from typing import Any

from moto.events.exceptions import ValidationException
from moto.events.models import EventsBackend

from local.aws.patching import replace_method

# botocore's model: "the total entry size must be less than 1MB". Counted as in
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html, "Calculating PutEvents event entry size".
MAX_BYTES = 1_048_576
TIME_BYTES = 14
MALFORMED = {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}


def install() -> None:
    """Idempotent: see `local.aws.repairs`."""
    replace_method(EventsBackend, "put_events", _put_events)


def _put_events(original: Any, self: EventsBackend, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if sum(_bytes(event) for event in events) > MAX_BYTES:
        raise ValidationException("Total size of the entries in the request is over the limit.")
    well_formed = [event for event in events if not _is_malformed(event)]
    entries = iter(original(self, well_formed))
    return [MALFORMED if _is_malformed(event) else next(entries) for event in events]


def _is_malformed(event: dict[str, Any]) -> bool:
    """moto finds out the rest: what is missing, and what isn't JSON."""
    try:
        return "Detail" in event and not isinstance(json.loads(event["Detail"]), dict)
    except ValueError:
        return False


def _bytes(event: dict[str, Any]) -> int:
    texts = [event.get(name) or "" for name in ("Source", "DetailType", "Detail")] + event.get("Resources", [])
    return sum(len(str(text).encode()) for text in texts) + (TIME_BYTES if event.get("Time") else 0)
