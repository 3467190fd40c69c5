"""A template's parameters: whether they are well formed, and whether the values that are given may be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from moto.cloudformation.exceptions import ValidationError

MOST_PARAMETERS = 200
MOST_BYTES = 4096
KEYS = frozenset(
    {
        *("AllowedPattern", "AllowedValues", "ConstraintDescription", "Default", "Description", "MaxLength"),
        *("MaxValue", "MinLength", "MinValue", "NoEcho", "Type"),
    }
)
TYPE = re.compile(r"String|Number|CommaDelimitedList|List<Number>|(List<)?AWS::[A-Za-z0-9:]+>?|AWS::SSM::Parameter::.+")


def with_defaults(template: Mapping[str, Any], parameters: Mapping[str, Any]) -> dict[str, str]:
    """All parameters of the template, checked. Raises ValidationError as CloudFormation does for a wrong one.

    A list is what moto makes of a CommaDelimitedList when the value of the last deployment is to be kept. As in
    CloudFormation, spaces around a list's members don't count.
    """
    declared: Mapping[str, Any] = template.get("Parameters") or {}
    _check_declarations(declared)
    given = {name: ",".join(value) if isinstance(value, list) else str(value) for name, value in parameters.items()}
    if unknown := sorted(set(given) - set(declared)):
        raise ValidationError(message=f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    defaults = {name: str(rules["Default"]) for name, rules in declared.items() if "Default" in rules}
    complete = defaults | given
    if missing := sorted(set(declared) - set(complete)):
        raise ValidationError(message=f"Parameters: [{', '.join(missing)}] must have values")
    for name, value in complete.items():
        members = _members(value, declared[name])
        complete[name] = ",".join(members)
        _check(name, complete[name], members, declared[name])
    return complete


def values_of(template: Mapping[str, Any], parameters: Mapping[str, str]) -> dict[str, Any]:
    """What Ref gives for each of the (complete) parameters: a list for a list type, a text for any other."""
    declared: Mapping[str, Any] = template.get("Parameters") or {}
    return {
        name: _members(value, declared[name]) if _is_list(declared[name]) else value
        for name, value in parameters.items()
    }


def _check_declarations(declared: Mapping[str, Any]) -> None:
    if len(declared) > MOST_PARAMETERS:
        raise ValidationError(
            message=f"Template format error: Number of parameters, {len(declared)}, is greater than maximum allowed, "
            f"{MOST_PARAMETERS}"
        )
    for name, rules in declared.items():
        if not re.fullmatch("[A-Za-z0-9]+", name):
            raise ValidationError(message=f"Template format error: Parameter name {name} is non alphanumeric.")
        if not isinstance(rules, dict) or "Type" not in rules:
            raise ValidationError(message="Template format error: Every Parameters object must contain a Type member.")
        if unknown := sorted(rules.keys() - KEYS):
            raise ValidationError(message=f"Invalid template parameter property '{unknown[0]}'")
        if not TYPE.fullmatch(str(rules["Type"])):
            raise ValidationError(message=f"Template format error: Unrecognized parameter type: {rules['Type']}")
        if isinstance(rules.get("Default", ""), dict | list | None):
            raise ValidationError(message="Template format error: Every Default member must be a string.")


def _is_list(rules: Mapping[str, Any]) -> bool:
    return rules["Type"] == "CommaDelimitedList" or str(rules["Type"]).startswith("List<")


def _members(value: str, rules: Mapping[str, Any]) -> list[str]:
    return [member.strip() for member in value.split(",")] if _is_list(rules) else [value]


def _check(name: str, value: str, members: list[str], rules: Mapping[str, Any]) -> None:
    """The sentences are those that users of CloudFormation report."""
    if len(value.encode()) > MOST_BYTES:
        raise ValidationError(message=f"Parameter '{name}' must be at most {MOST_BYTES} bytes")
    if "AllowedValues" in rules and not set(members) <= {str(allowed) for allowed in rules["AllowedValues"]}:
        _refuse(name, rules, "must be one of AllowedValues")
    if "AllowedPattern" in rules and not all(re.fullmatch(rules["AllowedPattern"], member) for member in members):
        _refuse(name, rules, f"must match pattern {rules['AllowedPattern']}")
    if "Number" in rules["Type"]:
        for member in members:
            _check_number(name, member, rules)
    elif not _is_list(rules):
        if len(value) < int(rules.get("MinLength", 0)):
            _refuse(name, rules, f"must contain at least {rules['MinLength']} characters")
        if len(value) > int(rules.get("MaxLength", len(value))):
            _refuse(name, rules, f"must contain at most {rules['MaxLength']} characters")


def _check_number(name: str, member: str, rules: Mapping[str, Any]) -> None:
    if not re.fullmatch(r"[-+]?\d+(\.\d+)?", member):
        _refuse(name, rules, "must be a number")
    number = float(member)
    if number < float(rules.get("MinValue", number)):
        _refuse(name, rules, f"must be a number not less than {rules['MinValue']}")
    if number > float(rules.get("MaxValue", number)):
        _refuse(name, rules, f"must be a number not greater than {rules['MaxValue']}")


def _refuse(name: str, rules: Mapping[str, Any], reason: str) -> None:
    if "ConstraintDescription" in rules:
        description = rules["ConstraintDescription"]
        raise ValidationError(message=f"Parameter {name} failed to satisfy constraint: {description}")
    raise ValidationError(message=f"Parameter '{name}' {reason}")
