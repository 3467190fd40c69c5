"""What CloudFormation refuses in a template itself, before it looks at the properties of any resource.

The sentences are AWS's: recorded from it (the snapshots beside localstack's tests of CloudFormation), or reported by
its users.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NoReturn

from moto.cloudformation.exceptions import ValidationError

from local.aws.cloudformation.intrinsics import function_of, functions_in
from local.aws.cloudformation.rules import COMBINES_CONDITIONS, EQUALS_TAKES_TEXTS

MOST_RESOURCES = 500
MOST_OUTPUTS = 200
LONGEST_DESCRIPTION = 1024
MOST_OPERANDS = 10
SECTIONS = frozenset(
    {
        *("AWSTemplateFormatVersion", "Conditions", "Description", "Mappings", "Metadata", "Outputs", "Parameters"),
        *("Resources", "Rules", "Transform", "Hooks", "Globals"),
    }
)
RESOURCE_KEYS = frozenset(
    {
        *("Condition", "CreationPolicy", "DeletionPolicy", "DependsOn", "Metadata", "Properties", "Type"),
        *("UpdatePolicy", "UpdateReplacePolicy"),
    }
)
CONDITION_FUNCTIONS = frozenset({"Fn::And", "Fn::Equals", "Fn::Not", "Fn::Or"})
VALUE_FUNCTIONS = frozenset(
    {
        *("Ref", "Fn::Base64", "Fn::FindInMap", "Fn::GetAtt", "Fn::GetAZs", "Fn::If", "Fn::ImportValue", "Fn::Join"),
        *("Fn::Select", "Fn::Split", "Fn::Sub", "Fn::ToJsonString"),
    }
)
EXPECTATIONS = {
    "Fn::And": f"every Fn::And object requires {COMBINES_CONDITIONS}.",
    "Fn::Equals": EQUALS_TAKES_TEXTS,
    "Fn::GetAtt": "every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource "
    "attribute",
    "Fn::If": "Fn::If requires a list argument with three elements",
    "Fn::Join": "every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be "
    "joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined.",
    "Fn::Not": "every Fn::Not object requires one boolean parameter.",
    "Fn::Or": f"every Fn::Or object requires {COMBINES_CONDITIONS}.",
    "Fn::Select": "Fn::Select requires a list argument with two elements: an integer index and a list",
    "Fn::Split": "every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be split "
    "or a function that returns a string to be split.",
    "Fn::Sub": "One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string as first "
    "argument, and an optional second argument to specify a mapping of values to replace in the string",
    "Ref": "every Ref object must have a single String value.",
}
# In AWS, and neither in moto nor here.
LOCALLY_UNSUPPORTED = frozenset({"Fn::Cidr", "Fn::GetStackOutput", "Fn::Length", "Fn::Transform"})


def check_format(template: Mapping[str, Any]) -> None:
    """Raise ValidationError for what breaks the anatomy of a template."""
    if unknown := sorted(template.keys() - SECTIONS):
        _refuse(f"Invalid template property or properties [{', '.join(unknown)}]")
    if len(str(template.get("Description", "")).encode()) > LONGEST_DESCRIPTION:
        _refuse(f"Template format error: 'Description' length is greater than {LONGEST_DESCRIPTION}.")
    _check_no_null(template, "")
    _check_resources(template.get("Resources"))
    _check_outputs(template.get("Outputs") or {})
    for block in ("Resources", "Outputs", "Conditions"):
        _check_functions(template.get(block) or {}, block)


def _check_no_null(value: Any, path: str) -> None:
    if value is None:
        _refuse(f"[{path}] 'null' values are not allowed in templates")
    if isinstance(value, dict | list):
        for key, member in value.items() if isinstance(value, dict) else enumerate(value):
            _check_no_null(member, f"{path}/{key}")


def _check_resources(resources: Any) -> None:
    if not resources or not isinstance(resources, dict):
        _refuse("Template format error: At least one Resources member must be defined.")
    _check_count("resources", len(resources), MOST_RESOURCES)
    for name, declaration in resources.items():
        if not re.fullmatch("[A-Za-z0-9]+", name):
            _refuse(f"Template format error: Resource name {name} is non alphanumeric.")
        if not isinstance(declaration, dict):
            _refuse("Template format error: Any Resources member must be an object.")
        if unknown := sorted(declaration.keys() - RESOURCE_KEYS):
            _refuse(f"Invalid template resource property '{unknown[0]}'")
        if not isinstance(declaration.get("Type"), str):
            _refuse(f"Template format error: [/Resources/{name}] Every Resources object must contain a Type member.")


def _check_outputs(outputs: Mapping[str, Any]) -> None:
    _check_count("outputs", len(outputs), MOST_OUTPUTS)
    for name, output in outputs.items():
        if not re.fullmatch("[A-Za-z0-9]+", name):
            _refuse(f"Template format error: Output name {name} is non alphanumeric.")
        if not isinstance(output, dict) or "Value" not in output:
            _refuse("Template format error: Every Outputs member must contain a Value object")
        called = function_of(output["Value"])
        if isinstance(output["Value"], list) or (called and called[0] in CONDITION_FUNCTIONS):
            _refuse("Template format error: The Value field of every Outputs member must evaluate to a String.")


def _check_functions(block: Any, name: str) -> None:
    allowed = VALUE_FUNCTIONS | (CONDITION_FUNCTIONS if name == "Conditions" else set())
    for function, argument in functions_in(block):
        if function in LOCALLY_UNSUPPORTED:
            _refuse(f"The local CloudFormation doesn't support {function}")
        if function == "Fn::ImportValue" and name == "Conditions":
            _refuse("Template error: Cannot use Fn::ImportValue in Conditions.")
        if function not in allowed:
            supported = ", ".join(sorted(VALUE_FUNCTIONS | CONDITION_FUNCTIONS | LOCALLY_UNSUPPORTED))
            _refuse(
                f"Template error: Encountered unsupported function: {function} Supported functions are: [{supported}]"
            )
        _check_argument(function, argument)


def _check_argument(function: str, argument: Any) -> None:
    match function, argument:
        case ("Fn::Equals", [_, _]) | ("Fn::Not", [_]) | ("Fn::If", [str(), _, _]) | ("Fn::Sub", str()):
            pass
        case ("Fn::And" | "Fn::Or", [_, _, *_]) if len(argument) <= MOST_OPERANDS:
            pass
        case ("Fn::Join" | "Fn::Split", [str(), _]) | ("Fn::Sub", [str(), dict()]) | ("Fn::Select", [int() | str(), _]):
            pass
        case ("Fn::Select", [dict(), _]) | ("Ref", str()) | ("Fn::GetAtt", [str(), str()]):
            pass
        case ("Fn::GetAtt", str()) if "." in argument:
            pass
        case _ if function in EXPECTATIONS:
            _refuse(f"Template error: {EXPECTATIONS[function]}")


def _check_count(what: str, count: int, most: int) -> None:
    if count > most:
        _refuse(f"Template format error: Number of {what}, {count}, is greater than maximum allowed, {most}")


def _refuse(message: str) -> NoReturn:
    raise ValidationError(message=message)
