"""How moto deploys a stack: transformed, with checked parameters, nothing unsupported, outputs, and a rollback."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any
from unittest.mock import patch

from moto.cloudformation import parsing
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import ChangeSet, CloudFormationBackend, Stack
from moto.cloudformation.parsing import OutputMap

from local.aws.cloudformation.events import enter, reason_of
from local.aws.cloudformation.resource_types import RESOURCE_TYPES
from local.aws.cloudformation.templates import check_rules, parsed, transformed, with_defaults
from local.aws.cloudformation.updates import Update
from local.aws.patching import replace_method


def install() -> None:
    """Idempotent: see `local.aws.repairs`."""
    replace_method(CloudFormationBackend, "create_stack", _with_prepared_template)
    replace_method(CloudFormationBackend, "create_change_set", _with_prepared_template)
    replace_method(CloudFormationBackend, "update_stack", _update_stack)
    replace_method(CloudFormationBackend, "execute_change_set", _execute_change_set)
    replace_method(parsing, "resource_class_from_type", _resource_class)
    replace_method(Stack, "parse_template", _parse_prepared)
    replace_method(Stack, "parameter_list", _parameters_as_given)
    replace_method(ChangeSet, "_parse_template", _parse_change_set)


def _with_prepared_template(original: Any, self: CloudFormationBackend, **arguments: Any) -> Any:
    template, parameters = _prepared(self, arguments["template"], arguments["parameters"] or {})
    return original(self, **{**arguments, "template": template, "parameters": parameters})


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
    prepared, complete = _prepared(self, template, given)
    stack.role_arn = role_arn
    _deploy(stack, "UPDATE", prepared, complete, tags)
    return stack


def _prepared(
    backend: CloudFormationBackend, template: str, parameters: Mapping[str, Any]
) -> tuple[str, dict[str, str]]:
    """moto knows no SAM transform, takes any parameter, compares only those that are given, and skips what it lacks."""
    given = parsed(template)
    complete = with_defaults(given, parameters)
    check_rules(given, complete)
    with patch.dict(os.environ, {"AWS_DEFAULT_REGION": backend.region_name}):  # the transform asks boto3 for it
        prepared = transformed(given, complete)
    _refuse_unsupported(prepared)
    return prepared, complete


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


def _refuse_unsupported(template: str) -> None:
    """moto warns and reports success."""
    types = {declaration["Type"] for declaration in json.loads(template).get("Resources", {}).values()}
    supported = {*RESOURCE_TYPES, *parsing.get_model_map(), *parsing.NULL_MODELS}
    if unsupported := sorted(types - supported):
        raise ValidationError(
            message=f"Template format error: Unrecognized resource types: [{', '.join(unsupported)}]. "
            "The local CloudFormation doesn't support them."
        )


def _resource_class(original: Any, resource_type: str) -> Any:
    return RESOURCE_TYPES.get(resource_type) or original(resource_type)


def _execute_change_set(
    _original: Any, self: CloudFormationBackend, change_set_name: str, stack_name: str | None = None
) -> None:
    """moto gives such stacks no outputs, and a failure leaves them half made without a word in their events."""
    change_set = self.describe_change_set(change_set_name)
    if change_set is None:
        raise ValidationError(stack_name)
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
