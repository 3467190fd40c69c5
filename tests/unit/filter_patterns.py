"""Which lines of a log a metric filter counts: as much of CloudWatch Logs' pattern syntax as the template uses.

"Filter pattern syntax for metric filters", JSON log events: `{ ($.key = "text") && ($.other >= 1) }`. A line that isn't
a JSON object, and one that lacks a key, doesn't match.
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

_CONDITION = re.compile(r'\(\$\.(\w+) (=|!=|<|>=) ("[^"]*"|[0-9]+)\)')
_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">=": operator.ge,
}


def matches(pattern: str, line: str) -> bool:
    """Say whether the filter counts the line.

    Raises:
        ValueError: the pattern has something that isn't known here.
    """
    conditions = pattern.strip().removeprefix("{").removesuffix("}").strip().split(" && ")
    parsed = [found for condition in conditions if (found := _CONDITION.fullmatch(condition))]
    if len(parsed) < len(conditions):
        raise ValueError(f"not understood: {pattern}")
    try:
        event = json.loads(line)
    except ValueError:
        return False
    return isinstance(event, dict) and all(_holds(event, *condition.groups()) for condition in parsed)


def _holds(event: Mapping[str, Any], key: str, comparison: str, literal: str) -> bool:
    expected = json.loads(literal)
    return type(event.get(key)) is type(expected) and _COMPARISONS[comparison](event[key], expected)
