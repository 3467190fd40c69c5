"""Repairs of moto's SNS: which subjects and messages Publish refuses.

moto refuses a subject of more than 100 characters and a message of more than 262,144 characters, with sentences of its
own. What is refused follows botocore's model ("Constraints" of Publish's Subject and Message), the sentences recorded
answers of AWS (LocalStack, tests/aws/services/sns/test_sns.snapshot.json).
"""

from __future__ import annotations

import unicodedata
from typing import Any

from moto.core.responses import ActionResult
from moto.sns.exceptions import SNSInvalidParameter
from moto.sns.responses import SNSResponse

from local.aws.patching import replace_method

# A topic's MaximumMessageSize, which may be raised to 1 MiB, stays at its default here.
MAX_MESSAGE_BYTES = 262_144
SUBJECT_CHARACTERS = range(1, 100)
LINE_BREAKS_AND_CONTROLS = ("Cc", "Zl", "Zp")


def install() -> None:
    """Idempotent: see `local.aws.repairs`."""
    replace_method(SNSResponse, "publish", _publish)


def _publish(original: Any, self: SNSResponse) -> ActionResult:
    subject, message = self._get_param("Subject"), self._get_param("Message") or ""
    if subject is not None and not _is_subject(subject):
        raise SNSInvalidParameter("Invalid parameter: Subject")
    if not message:
        raise SNSInvalidParameter("Invalid parameter: Empty message")
    if len(message.encode()) + _attributes_bytes(self._parse_message_attributes()) > MAX_MESSAGE_BYTES:
        raise SNSInvalidParameter("Invalid parameter: Message too long")
    result: ActionResult = original(self)
    return result


def _is_subject(text: str) -> bool:
    return len(text) in SUBJECT_CHARACTERS and not any(
        unicodedata.category(character) in LINE_BREAKS_AND_CONTROLS for character in text
    )


def _attributes_bytes(attributes: dict[str, Any]) -> int:
    """Name, type and value of each count."""
    return sum(
        len(str(part).encode()) for name, value in attributes.items() for part in (name, value["Type"], value["Value"])
    )
