"""How moto deploys a stack: transformed, with checked parameters, nothing unsupported, outputs, and a rollback."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from moto.cloudformation import parsing
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import ChangeSet, CloudFormationBackend, Stack
from moto.cloudformation.parsing import OutputMap, ResourceMap
from moto.cloudformation.responses import CloudFormationResponse

from local.aws.cloudformation import capabilities, early_validation
from local.aws.cloudformation.events import enter, reason_of
from local.aws.cloudformation.intrinsics import Known
from local.aws.cloudformation.parameters import values_of, with_defaults
from local.aws.cloudformation.references import check_conditions, check_references
from local.aws.cloudformation.resource_types import RESOURCE_TYPES
from local.aws.cloudformation.rules import check_rules
from local.aws.cloudformation.schemas import property_errors
from local.aws.cloudformation.template_format import check_format
from local.aws.cloudformation.templates import check_body, parsed, transformed
from local.aws.cloudformation.updates import Update
from local.aws.patching import replace_method


def install() -> None:
    """Idempotent: see `local.aws.repairs`."""
    for operation in ("create_stack", "create_change_set", "update_stack"):
        replace_method(CloudFormationResponse, operation, _answer)
    replace_method(CloudFormationBackend, "create_stack", _create_stack)
    replace_method(CloudFormationBackend, "create_change_set", _create_change_set)
    replace_method(CloudFormationBackend, "update_stack", _update_stack)
    replace_method(CloudFormationBackend, "execute_change_set", _execute_change_set)
    replace_method(parsing, "resource_class_from_type", _resource_class)
    replace_method(parsing, "parse_resource_and_generate_name", _with_valid_properties)
    replace_method(Stack, "parse_template", _parse_prepared)
    replace_method(Stack, "parameter_list", _parameters_as_given)
    replace_method(ChangeSet, "_parse_template", _parse_change_set)


def _answer(original: Any, self: CloudFormationResponse) -> Any:
    """moto doesn't look at the length of the body, nor at what is acknowledged."""
    check_body(self._get_param("TemplateBody") or "")
    capabilities.given.set(self._get_param("Capabilities", []))
    return original(self)


def _create_stack(original: Any, self: CloudFormationBackend, **arguments: Any) -> Any:
    prepared = _prepared(self, arguments["name"], arguments["template"], arguments["parameters"] or {})
    return original(self, **{**arguments, "template": prepared.text, "parameters": prepared.parameters})


def _create_change_set(original: Any, self: CloudFormationBackend, **arguments: Any) -> tuple[str, str]:
    """moto makes a second stack of the name when a first change set was never executed, and validates nothing."""
    prepared = _prepared(self, arguments["stack_name"], arguments["template"], arguments["parameters"] or {})
    if arguments["change_set_type"] == "CREATE":
        _make_way(self, arguments["stack_name"], arguments["change_set_name"])
    made: tuple[str, str] = original(
        self, **{**arguments, "template": prepared.text, "parameters": prepared.parameters}
    )
    change_set = self.change_sets[made[0]]
    if change_set.status == "CREATE_COMPLETE":
        early_validation.validate(change_set, prepared.known, self.region_name)
    return made


def _make_way(backend: CloudFormationBackend, name: str, change_set_name: str) -> None:
    """A stack in review has nothing in it yet, so a new one can take its place; any other one is in the way."""
    for stack in [stack for stack in backend.stacks.values() if stack.name == name]:
        if stack.status != "REVIEW_IN_PROGRESS":
            raise ValidationError(
                message=f"Stack [{name}] already exists and cannot be created again with the changeSet "
                f"[{change_set_name}]."
            )
        del backend.stacks[stack.stack_id]
        for made in [made for made in backend.change_sets.values() if made.stack_id == stack.stack_id]:
            del backend.change_sets[made.change_set_id]


def _update_stack(
    _original: Any,
    self: CloudFormationBackend,
    name: str,
    template: str,
    role_arn: str | None,
    parameters: list[dict[str, Any]],
    tags: dict[str, str] | None,
) -> Stack:
    stack = self.get_stack(name)
    given = self._resolve_update_parameters(stack, parameters)
    prepared = _prepared(self, stack.name, template, given)
    stack.role_arn = role_arn
    _deploy(stack, "UPDATE", prepared.text, prepared.parameters, tags)
    return stack


@dataclass(frozen=True)
class _Prepared:
    """A template as JSON, transformed and checked, with all parameters, and what is known before it is deployed."""

    text: str
    parameters: dict[str, str]
    known: Known


def _prepared(
    backend: CloudFormationBackend, stack_name: str, template: str, parameters: Mapping[str, Any]
) -> _Prepared:
    """moto knows no SAM transform, takes any parameter and any template, and skips what it lacks.

    Raises ValidationError, in CloudFormation's words, for what CloudFormation refuses.
    """
    given = parsed(template)
    complete = with_defaults(given, parameters)
    pseudo = {"AWS::AccountId": backend.account_id, "AWS::Region": backend.region_name, "AWS::StackName": stack_name}
    check_rules(given, {**pseudo, **values_of(given, complete)})
    with patch.dict(os.environ, {"AWS_DEFAULT_REGION": backend.region_name}):  # the transform asks boto3 for it
        document = transformed(given, complete)
    check_format(document)
    check_conditions(document)
    capabilities.check(document)
    _refuse_unsupported(document)
    known = Known.of(_planned(backend, stack_name, document, complete))
    check_references(document, known, backend.region_name)
    return _Prepared(json.dumps(document), complete, known)


def _planned(
    backend: CloudFormationBackend, stack_name: str, template: dict[str, Any], parameters: Mapping[str, str]
) -> ResourceMap:
    """moto's map of what isn't deployed yet, for its parameters and conditions."""
    planned = ResourceMap(
        stack_id="",
        stack_name=stack_name,
        parameters=dict(parameters),
        tags={},
        region_name=backend.region_name,
        account_id=backend.account_id,
        template=template,
        cross_stack_resources=backend.exports,
    )
    planned.load_mapping()
    planned.load_parameters()
    planned.load_conditions()
    return planned


def _parse_prepared(_original: Any, template: str) -> dict[str, Any]:
    """What was prepared is JSON. moto reads it as YAML, which takes half a second for the real template each time."""
    document: dict[str, Any] = json.loads(template)
    return document


def _parameters_as_given(original: Any, self: Stack) -> list[dict[str, Any]]:
    """moto shows a list as Python prints it. AWS shows the text that was given, with commas."""
    shown = original(self)
    return [{**one, "ParameterValue": _as_text(one["ParameterValue"])} for one in shown]


def _as_text(value: Any) -> Any:
    return ",".join(map(str, value)) if isinstance(value, list) else value


def _parse_change_set(_original: Any, self: ChangeSet) -> None:
    self.template_dict = json.loads(self.template)


def _refuse_unsupported(template: Mapping[str, Any]) -> None:
    """moto warns and reports success."""
    types = {declaration["Type"] for declaration in template["Resources"].values()}
    supported = {*RESOURCE_TYPES, *parsing.get_model_map(), *parsing.NULL_MODELS}
    if unsupported := sorted(types - supported):
        raise ValidationError(
            message=f"Template format error: Unrecognized resource types: [{', '.join(unsupported)}]. "
            "The local CloudFormation doesn't support them."
        )


def _resource_class(original: Any, resource_type: str) -> Any:
    return RESOURCE_TYPES.get(resource_type) or original(resource_type)


def _with_valid_properties(
    original: Any, logical_id: str, resource_json: dict[str, Any], resources_map: ResourceMap
) -> Any:
    """With all functions resolved, CloudFormation validates a resource's properties; moto takes any."""
    made = original(logical_id, resource_json, resources_map)
    if made is not None:
        declaration = made[1]
        region = str(resources_map["AWS::Region"])
        if errors := property_errors(declaration["Type"], declaration["Properties"], region):
            listed = "\n".join(map(str, errors))
            raise ValidationError(
                message=f"Properties validation failed for resource {logical_id} with message:\n{listed}"
            )
    return made


def _execute_change_set(
    _original: Any, self: CloudFormationBackend, change_set_name: str, stack_name: str | None = None
) -> None:
    """moto gives such stacks no outputs, and a failure leaves them half made without a word in their events."""
    change_set = self.describe_change_set(change_set_name)
    if change_set is None:
        raise ValidationError(stack_name)
    if change_set.status != "CREATE_COMPLETE":
        raise early_validation.InvalidChangeSetStatus(change_set)
    stack = self.stacks[change_set.stack_id]
    _deploy(stack, change_set.change_set_type, change_set.template, change_set.parameters, change_set.tags)
    complete = stack.status == f"{change_set.change_set_type}_COMPLETE"
    change_set.execution_status = "EXECUTE_COMPLETE" if complete else "EXECUTE_FAILED"


def _deploy(stack: Stack, kind: str, template: str, parameters: Mapping[str, str], tags: dict[str, str] | None) -> None:
    """CREATE or UPDATE the stack. If that fails it is as before, which its status says, and its events say why."""
    declared = json.loads(template)
    update = Update(stack, declared, parameters)
    enter(stack, f"{kind}_IN_PROGRESS", "User Initiated")
    try:
        update.make()
        outputs = OutputMap(stack.resource_map, declared, stack.stack_id)
        list(outputs.values())  # a wrong output fails the deployment, not the first who reads it
    except Exception as error:  # noqa: BLE001  (whatever it is: it belongs into the stack's events, as in AWS)
        _roll_back(stack, kind, update, reason_of(error))
        return
    stack.template, stack.template_dict, stack.output_map = template, declared, outputs
    stack.parameters, stack.description = dict(parameters), declared.get("Description")
    stack.tags = stack.tags if tags is None else tags
    if kind == "UPDATE":
        enter(stack, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
    update.clean_up()
    enter(stack, f"{kind}_COMPLETE")


def _roll_back(stack: Stack, kind: str, update: Update, reason: str) -> None:
    rollback = "ROLLBACK" if kind == "CREATE" else "UPDATE_ROLLBACK"
    enter(stack, f"{rollback}_IN_PROGRESS", reason)
    try:
        update.restore()
        if kind == "UPDATE":
            enter(stack, "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS")
        update.discard()
    except Exception as error:  # noqa: BLE001  (the same)
        enter(stack, f"{rollback}_FAILED", reason_of(error))
    else:
        stack.output_map = stack._create_output_map()  # noqa: SLF001
        enter(stack, f"{rollback}_COMPLETE")
