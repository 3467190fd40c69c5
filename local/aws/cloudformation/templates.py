"""From the template that is uploaded to the one that is deployed: the SAM transform, and the parameters' rules."""

from __future__ import annotations

import copy
import json
import logging
import re
from collections.abc import Mapping
from typing import Any

from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.parsing import parse_condition
from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.translator.managed_policy_translator import ManagedPolicyLoader
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

# It complains about metrics of itself that nobody publishes.
logging.getLogger("samtranslator.metrics").setLevel(logging.ERROR)

SAM_TRANSFORM = "AWS::Serverless-2016-10-31"


class NoManagedPolicies(ManagedPolicyLoader):  # type: ignore[misc]  # samtranslator has no types
    """Managed policies can be given by ARN, not by name: AWS's list of them isn't here."""

    def __init__(self) -> None:
        super().__init__(None)

    def load(self) -> dict[str, str]:
        return {}


def parsed(template: str) -> dict[str, Any]:
    """The template as a dict, its short intrinsic functions spelt out."""
    document: dict[str, Any] = yaml_parse(template)
    return document


def transformed(template: Mapping[str, Any], parameters: Mapping[str, str]) -> str:
    """The template as JSON, with its Serverless resources replaced by what they stand for.

    Raises ValidationError, as CloudFormation does, when the transform refuses it.
    """
    document = copy.deepcopy(dict(template))
    transforms = document.get("Transform", [])
    if SAM_TRANSFORM in ([transforms] if isinstance(transforms, str) else transforms):
        try:
            document = transform(document, dict(parameters), NoManagedPolicies())
        except InvalidDocumentException as error:
            causes = " ".join(str(cause.message) for cause in error.causes)
            raise ValidationError(message=f"Transform {SAM_TRANSFORM} failed with: {error.message} {causes}") from error
    return json.dumps(document, default=str)


def with_defaults(template: Mapping[str, Any], parameters: Mapping[str, Any]) -> dict[str, str]:
    """All parameters of the template, checked. Raises ValidationError as CloudFormation does for a wrong one.

    A list is what moto makes of a CommaDelimitedList when the value of the last deployment is to be kept.
    """
    declared: Mapping[str, Any] = template.get("Parameters") or {}
    given = {name: ",".join(value) if isinstance(value, list) else str(value) for name, value in parameters.items()}
    if unknown := sorted(set(given) - set(declared)):
        raise ValidationError(message=f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    defaults = {name: str(rules["Default"]) for name, rules in declared.items() if "Default" in rules}
    complete = defaults | given
    if missing := sorted(set(declared) - set(complete)):
        raise ValidationError(message=f"Parameters: [{', '.join(missing)}] must have values")
    for name, value in complete.items():
        _check(name, value, declared[name])
    return complete


def check_rules(template: Mapping[str, Any], parameters: Mapping[str, str]) -> None:
    """Raises ValidationError when one of the template's Rules isn't met by the (complete) parameters."""
    declared: Mapping[str, Any] = template.get("Parameters") or {}
    values = {
        name: value.split(",") if declared[name]["Type"] == "CommaDelimitedList" else value
        for name, value in parameters.items()
    }
    for rule in (template.get("Rules") or {}).values():
        if "RuleCondition" in rule and not parse_condition(rule["RuleCondition"], values, {}):  # type: ignore[arg-type]
            continue
        for assertion in rule["Assertions"]:
            if not parse_condition(assertion["Assert"], values, {}):  # type: ignore[arg-type]
                raise ValidationError(
                    message=f"Template error: {assertion.get('AssertDescription', 'a rule of the template is not met')}"
                )


def _check(name: str, value: str, rules: Mapping[str, Any]) -> None:
    members = value.split(",") if rules["Type"] == "CommaDelimitedList" else [value]
    if "AllowedPattern" in rules and not all(re.fullmatch(rules["AllowedPattern"], member) for member in members):
        _refuse(name, rules, f"must match pattern {rules['AllowedPattern']}")
    if "AllowedValues" in rules and not set(members) <= {str(allowed) for allowed in rules["AllowedValues"]}:
        _refuse(name, rules, f"must be one of {rules['AllowedValues']}")
    if rules["Type"] == "Number" and not re.fullmatch(r"[-+]?\d+(\.\d+)?", value):
        _refuse(name, rules, "must be a number")
    size = float(value) if rules["Type"] == "Number" else len(value)
    if size < float(rules.get("MinLength", rules.get("MinValue", size))):
        _refuse(name, rules, "is too small")
    if size > float(rules.get("MaxLength", rules.get("MaxValue", size))):
        _refuse(name, rules, "is too large")


def _refuse(name: str, rules: Mapping[str, Any], reason: str) -> None:
    description = rules.get("ConstraintDescription", reason)
    raise ValidationError(message=f"Parameter {name} failed to satisfy constraint: {description}")
