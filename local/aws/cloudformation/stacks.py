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

from local.aws.cloudformation.resource_types import RESOURCE_TYPES
from local.aws.cloudformation.templates import check_rules, parsed, transformed, with_defaults
from local.aws.patching import replace_method


def install() -> None:
    """Idempotent: see `local.aws.repairs`."""
    replace_method(CloudFormationBackend, "create_stack", _with_prepared_template)
    replace_method(CloudFormationBackend, "create_change_set", _with_prepared_template)
    replace_method(CloudFormationBackend, "update_stack", _update_stack)
    replace_method(CloudFormationBackend, "execute_change_set", _execute_change_set)
    replace_method(parsing, "resource_class_from_type", _resource_class)
    replace_method(Stack, "parse_template", _parse_prepared)
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
    stack.update(prepared, role_arn, parameters=complete, tags=tags)
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
    stack, kind = self.stacks[change_set.stack_id], change_set.change_set_type
    stack._add_stack_event(f"{kind}_IN_PROGRESS", resource_status_reason="User Initiated")  # noqa: SLF001
    try:
        change_set.apply()
        stack.template, stack.template_dict = change_set.template, change_set.template_dict
        stack.parameters, stack.description = change_set.parameters, stack.template_dict.get("Description")
        stack.output_map = stack._create_output_map()  # noqa: SLF001
        list(stack.output_map.values())  # a wrong output fails the deployment, not the first who reads it
    except Exception as error:  # noqa: BLE001  (whatever it is: it belongs into the stack's events, as in AWS)
        _fail(stack, kind, error)
    else:
        stack.status = f"{kind}_COMPLETE"
        stack._add_stack_event(stack.status)  # noqa: SLF001
    change_set.execution_status = "EXECUTE_COMPLETE" if stack.status == f"{kind}_COMPLETE" else "EXECUTE_FAILED"


def _fail(stack: Stack, kind: str, error: Exception) -> None:
    """A failed creation is undone. A failed update stays as it is, which its status says: there is no way back here."""
    reason = getattr(error, "message", None) or f"{type(error).__name__}: {error}"
    stack._add_stack_event(f"{kind}_FAILED", resource_status_reason=str(reason))  # noqa: SLF001
    if kind == "CREATE":
        stack.resource_map.delete()
        stack.status = "ROLLBACK_COMPLETE"
    else:
        stack.status = "UPDATE_ROLLBACK_FAILED"
    stack._add_stack_event(stack.status)  # noqa: SLF001
