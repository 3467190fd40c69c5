"""The functions' log as lines of JSON, as CloudWatch would get them."""

from __future__ import annotations

import io
import json
from typing import Any


class Logged:
    """What the one logger wrote during a test."""

    def __init__(self, stream: io.StringIO) -> None:
        self._stream = stream

    @property
    def text(self) -> str:
        return self._stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]

    def messages(self) -> list[str]:
        return [line["message"] for line in self.lines]
