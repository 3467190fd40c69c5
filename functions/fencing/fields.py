"""Picking fields out of untrusted documents: constant JMESPath expressions, checked types, named errors."""

from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

import jmespath
from jmespath.parser import ParsedResult

from fencing.errors import InvalidInput

Field = TypeVar("Field", str, int, bool, list, dict)  # type: ignore[type-arg]
Member = TypeVar("Member", bound=StrEnum)
_JSON_TYPES: dict[type, str] = {
    str: "a string",
    int: "an integer",
    float: "a number",
    bool: "a boolean",
    list: "an array",
    dict: "an object",
    type(None): "missing",
}


@cache
def _compiled(path: str) -> ParsedResult:
    return jmespath.compile(path)


def pick(document: Any, path: str, kind: type[Field]) -> Field:
    """Return what `path`, a constant of ours and never data, finds in `document`.

    Raises:
        InvalidInput: nothing is there, or it isn't of the given kind; the message names the path.
    """
    found = _compiled(path).search(document)
    if not isinstance(found, kind) or (kind is int and isinstance(found, bool)):
        raise InvalidInput(f"'{path}' should be {_JSON_TYPES[kind]}, but is {_JSON_TYPES[type(found)]}.")
    return found


def choice(document: Any, path: str, kind: type[Member]) -> Member:
    """Return the member of an enumeration whose value `path` finds in `document`.

    Raises:
        InvalidInput: nothing is there, or no member has that value.
    """
    found = pick(document, path, str)
    try:
        return kind(found)
    except ValueError as error:
        raise InvalidInput(f"'{path}' should be one of {', '.join(kind)}.") from error
