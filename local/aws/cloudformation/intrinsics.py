"""Intrinsic functions: finding them, and resolving those that need no resource."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from moto.cloudformation.parsing import ResourceMap

VARIABLE = re.compile(r"\$\{([^!}][^}]*)\}")
"""What Fn::Sub replaces; `${!Literal}` isn't it."""

_NO_VALUE = object()


@dataclass(frozen=True)
class Known:
    """What is known before any resource is made: parameters and pseudo parameters by name, and the conditions."""

    values: Mapping[str, Any]
    conditions: Mapping[str, bool] = field(default_factory=dict)

    @classmethod
    def of(cls, resources: ResourceMap) -> Known:
        """From moto's map, loaded."""
        made = resources._parsed_resources  # noqa: SLF001
        pseudo = {name: value for name, value in made.items() if name.startswith("AWS::")}
        return cls({**pseudo, **resources.resolved_parameters}, resources.lazy_condition_map)


def function_of(value: Any) -> tuple[str, Any] | None:
    """The name and the argument, if `value` calls an intrinsic function."""
    if isinstance(value, dict) and len(value) == 1:
        ((name, argument),) = value.items()
        if name == "Ref" or name.startswith("Fn::"):
            return name, argument
    return None


def functions_in(value: Any) -> Iterator[tuple[str, Any]]:
    """All calls of intrinsic functions, the outer ones before those in their arguments."""
    if called := function_of(value):
        yield called
    if isinstance(value, dict | list):
        for member in value.values() if isinstance(value, dict) else value:
            yield from functions_in(member)


def variables(argument: Any) -> Iterator[str]:
    """What Fn::Sub takes from elsewhere than its own map: names, and names with an attribute behind a dot."""
    text, own = argument if isinstance(argument, list) else (argument, {})
    yield from (name for name in VARIABLE.findall(text) if name not in own)


def attribute(argument: Any) -> tuple[str, str]:
    """The resource and the attribute that Fn::GetAtt asks for."""
    name, _, wanted = argument.partition(".") if isinstance(argument, str) else (argument[0], ".", argument[1])
    return name, wanted


def settled(value: Any, known: Known) -> Any:
    """`value` without the functions that need no resource; a function that needs one stays, its arguments settled.

    What is AWS::NoValue isn't there any more.
    """
    found = _settled(value, known)
    return None if found is _NO_VALUE else found


def _settled(value: Any, known: Known) -> Any:
    match value:
        case {"Ref": "AWS::NoValue"}:
            return _NO_VALUE
        case {"Ref": str(name)} if name in known.values:
            return known.values[name]
        case {"Fn::If": [str(condition), if_true, if_false]}:
            return _settled(if_true if known.conditions[condition] else if_false, known)
        case {"Fn::Sub": argument}:
            return _substituted(argument, known)
        case dict() | list():
            return _with_settled_members(value, known)
    return value


def _with_settled_members(value: dict[str, Any] | list[Any], known: Known) -> Any:
    if isinstance(value, list):
        members = [_settled(member, known) for member in value]
        return [member for member in members if member is not _NO_VALUE]
    named = {key: _settled(member, known) for key, member in value.items()}
    return _applied({key: member for key, member in named.items() if member is not _NO_VALUE})


def _applied(value: dict[str, Any]) -> Any:
    match value:
        case {"Fn::Join": [str(separator), [*parts]]} if all(_is_scalar(part) for part in parts):
            return separator.join(map(str, parts))
        case {"Fn::Split": [str(separator), str(text)]}:
            return text.split(separator)
        case {"Fn::Select": [int() | str() as index, [*choices]]} if int(index) < len(choices):
            return choices[int(index)]
    return value


def _substituted(argument: Any, known: Known) -> Any:
    text, own = argument if isinstance(argument, list) else (argument, {})
    available = {**known.values, **{name: _settled(member, known) for name, member in own.items()}}
    replaceable = {name: str(value) for name, value in available.items() if _is_scalar(value)}
    left = set(VARIABLE.findall(text)) - replaceable.keys()
    text = VARIABLE.sub(lambda match: replaceable.get(match[1], match[0]), text)
    if not left:
        return text.replace("${!", "${")
    mine = {name: available[name] for name in own if name in left}
    return {"Fn::Sub": [text, mine] if mine else text}


def _is_scalar(value: Any) -> bool:
    return isinstance(value, str | int | float)
