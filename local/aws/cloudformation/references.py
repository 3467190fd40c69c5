"""Whether all that a template refers to is there: parameters, conditions, resources and their attributes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

from moto.cloudformation.exceptions import ValidationError

from local.aws.cloudformation.intrinsics import Known, attribute, function_of, functions_in, settled, variables
from local.aws.cloudformation.rules import EQUALS_TAKES_TEXTS
from local.aws.cloudformation.schemas import has_attribute

PSEUDO_PARAMETERS = frozenset(
    {
        *("AWS::AccountId", "AWS::NoValue", "AWS::Partition", "AWS::Region", "AWS::StackId", "AWS::StackName"),
        "AWS::URLSuffix",
    }
)


def check_conditions(template: Mapping[str, Any]) -> None:
    """Raise ValidationError for a condition that is undefined, or depends on a resource or a list."""
    conditions: Mapping[str, Any] = template.get("Conditions") or {}
    parameters: Mapping[str, Any] = template.get("Parameters") or {}
    if unresolved := sorted({*_named(conditions)} - {*parameters, *PSEUDO_PARAMETERS}):
        raise ValidationError(
            message=f"Template format error: Unresolved dependencies [{', '.join(unresolved)}]. "
            "Cannot reference resources in the Conditions block of the template"
        )
    for name in _conditions_in(conditions):
        if name not in conditions:
            raise ValidationError(message=f"Template error: unresolved condition dependency {name} in Condition")
    lists = {name for name, rules in parameters.items() if "List" in rules["Type"]}
    for function, operands in functions_in(conditions):
        if function == "Fn::Equals" and any(operand.get("Ref") in lists for operand in _calls(operands)):
            raise ValidationError(message=f"Template error: {EQUALS_TAKES_TEXTS}")
    _refuse_cycles("conditions", {name: _conditions_in(condition) for name, condition in conditions.items()})
    for block in ("Resources", "Outputs"):
        for declaration in (template.get(block) or {}).values():
            _check_uses_of_conditions(declaration, block, conditions)


def check_references(template: Mapping[str, Any], known: Known, region: str) -> None:
    """Raise ValidationError for a reference to what isn't declared, or isn't made under the conditions that hold."""
    resources: Mapping[str, Any] = template["Resources"]
    parameters: Mapping[str, Any] = template.get("Parameters") or {}
    outputs: Mapping[str, Any] = template.get("Outputs") or {}
    declared = {*resources, *parameters, *PSEUDO_PARAMETERS}
    for block, prefix in ((resources, "Template format error: "), (outputs, "")):
        name = "Resources" if block is resources else "Outputs"
        for function, argument in functions_in(block):
            if function == "Fn::GetAtt":
                _check_attribute(*attribute(argument), resources, region)
            elif function == "Fn::Sub":
                for resource, wanted in (one.split(".", 1) for one in variables(argument) if "." in one):
                    _check_attribute(resource, wanted, resources, region)
        _refuse_unresolved({*_named(block), *_awaited(block)} - declared, name, prefix)
        made = {one for one, declaration in resources.items() if _is_wanted(declaration, known)}
        wanted_members = {one: member for one, member in block.items() if _is_wanted(member, known)}
        needed = settled(wanted_members, known)
        _refuse_unresolved({*_named(needed), *_awaited(needed)} & (resources.keys() - made), name, prefix)
    _refuse_cycles("resources", {one: _dependencies(member) & {*resources} for one, member in resources.items()})


def _dependencies(declaration: Any) -> set[str]:
    return {*_named(declaration), *_awaited({"": declaration})}


def _named(value: Any) -> Iterator[str]:
    """The names of parameters, pseudo parameters and resources that the functions in `value` mention."""
    for function, argument in functions_in(value):
        if function == "Ref":
            yield argument
        elif function == "Fn::GetAtt":
            yield attribute(argument)[0]
        elif function == "Fn::Sub":
            yield from (name.partition(".")[0] for name in variables(argument))


def _awaited(block: Mapping[str, Any]) -> Iterator[str]:
    for declaration in block.values():
        names = declaration.get("DependsOn", [])
        yield from [names] if isinstance(names, str) else names


def _is_wanted(declaration: Mapping[str, Any], known: Known) -> bool:
    return "Condition" not in declaration or known.conditions[declaration["Condition"]]


def _conditions_in(value: Any) -> Iterator[str]:
    """The conditions that others ask, by {"Condition": name}."""
    if isinstance(value, dict) and len(value) == 1 and isinstance(value.get("Condition"), str):
        yield value["Condition"]
    elif isinstance(value, dict | list):
        for member in value.values() if isinstance(value, dict) else value:
            yield from _conditions_in(member)


def _calls(operands: Iterable[Any]) -> Iterator[dict[str, Any]]:
    return (operand for operand in operands if function_of(operand))


def _check_uses_of_conditions(declaration: Mapping[str, Any], block: str, conditions: Mapping[str, Any]) -> None:
    condition = declaration.get("Condition")
    if condition is not None and condition not in conditions:
        raise ValidationError(
            message=f"Template format error: Unresolved condition dependency {condition} in the {block} block of the "
            "template"
        )
    for function, argument in functions_in(declaration):
        if function == "Fn::If" and argument[0] not in conditions:
            raise ValidationError(message=f"Template error: unresolved condition dependency {argument[0]} in Fn::If")


def _check_attribute(name: str, wanted: str, resources: Mapping[str, Any], region: str) -> None:
    if name not in resources:
        raise ValidationError(message=f"Template error: instance of Fn::GetAtt references undefined resource {name}")
    if not has_attribute(resources[name]["Type"], wanted, region):
        raise ValidationError(
            message=f"Template error: resource {name} does not support attribute type {wanted} in Fn::GetAtt"
        )


def _refuse_unresolved(names: set[str], block: str, prefix: str) -> None:
    if names:
        raise ValidationError(
            message=f"{prefix}Unresolved resource dependencies [{', '.join(sorted(names))}] in the {block} block of "
            "the template"
        )


def _refuse_cycles(what: str, graph: Mapping[str, Iterable[str]]) -> None:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = ", ".join(sorted({*error.args[1]}))
        raise ValidationError(message=f"Circular dependency between {what}: [{circle}]") from error
