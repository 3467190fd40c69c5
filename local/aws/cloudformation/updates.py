"""How a stack gets from what is deployed to a template, and back again when a resource fails.

moto makes what a template lacks whenever somebody looks for it, in a listing too; it tells of no single resource, has
no way back, and loses a resource whose type it can't update.
"""

# What an update changes, moto's resource map keeps to itself.
# ruff: noqa: SLF001

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from moto.cloudformation import parsing
from moto.cloudformation.models import Stack, cloudformation_backends
from moto.cloudformation.parsing import ResourceMap

from local.aws.cloudformation.changes import difference
from local.aws.cloudformation.events import ResourceFailedError, tell, told
from local.aws.patching import replace_method


def install() -> None:
    """Idempotent: see `local.aws.repairs`."""
    replace_method(ResourceMap, "__getitem__", _look_up)
    replace_method(ResourceMap, "__iter__", _made)
    replace_method(ResourceMap, "delete", _delete)
    replace_method(parsing, "clean_json", _without_no_value)


class Update:
    """First `make`; then `clean_up` if all went well, `restore` and `discard` otherwise.

    As in CloudFormation, what replaces a resource is made before the old one goes, and nothing is removed before all is
    made: until then there is a way back.
    """

    def __init__(self, stack: Stack, template: dict[str, Any], parameters: Mapping[str, Any]) -> None:
        """Raises moto's ValidationError for a bad template."""
        self._stack = stack
        self._resources = stack.resource_map
        self._difference = difference(self._resources, template, parameters)
        self._before = self._resources._template, dict(self._resources.input_parameters)
        self._after = template, dict(parameters)
        self._existing = set(self._resources._parsed_resources)
        self._begun: list[str] = []
        self._replaced: dict[str, Any] = {}
        self._in_vain: dict[str, Any] = {}

    def make(self) -> None:
        """Change and add. What a change refers to is added on the way.

        Raises:
            ResourceFailedError: one of them failed.
        """
        self._declare(*self._after)
        for name in self._difference.modify:
            self._begun.append(name)
            self._change(name)
        for name in self._difference.add:
            self._resources[name]  # looking a resource up makes it

    def clean_up(self) -> None:
        """Remove what was replaced, and what the template no longer has. What can't be removed stays; events say so."""
        declared = self._before[0].get("Resources", {})
        for name, resource in self._replaced.items():
            with contextlib.suppress(ResourceFailedError):
                self._remove(name, declared[name], resource, "UpdateReplacePolicy")
        for name in reversed(self._difference.remove):
            with contextlib.suppress(ResourceFailedError):
                self._remove(name, declared[name], self._resources._parsed_resources.pop(name))

    def restore(self) -> None:
        """Give all that was changed its old properties, the one that failed included.

        Raises:
            ResourceFailedError: one of them failed.
        """
        made = self._resources._parsed_resources
        self._in_vain = {name: made.pop(name) for name in list(made) if name not in self._existing}
        self._declare(*self._before)
        for name in self._begun:
            if name not in self._replaced:
                self._change(name)
            elif made[name] is not self._replaced[name]:
                self._in_vain[name], made[name] = made[name], self._replaced[name]

    def discard(self) -> None:
        """Remove what was made in vain, after `restore`.

        Raises:
            ResourceFailedError: one of them can't be removed.
        """
        declared = self._after[0]["Resources"]
        for name in reversed(self._in_vain):
            if name in declared:  # else it is a new parameter
                self._remove(name, declared[name], self._in_vain[name])

    def _declare(self, template: dict[str, Any], parameters: dict[str, Any]) -> None:
        self._resources._template = template
        self._resources._resource_json_map = template.get("Resources", {})
        self._resources.input_parameters = parameters
        self._resources.resolved_parameters = {}
        self._resources.load()

    def _change(self, name: str) -> None:
        """In place if the type can, by another one otherwise."""
        resources = self._resources
        declaration = resources._resource_json_map[name]
        place = {"account_id": resources._account_id, "region_name": resources._region_name}
        parsing.clean_json(declaration, resources)  # makes what it refers to
        with told(self._stack, name, declaration, "UPDATE"):
            changed: Any = parsing.parse_and_update_resource(name, declaration, resources, **place)
            if changed is None:
                self._replaced[name] = resources._parsed_resources[name]
                changed = parsing.parse_and_create_resource(name, declaration, resources, **place)
            resources._parsed_resources[name] = changed

    def _remove(self, name: str, declaration: dict[str, Any], resource: Any, policy: str = "DeletionPolicy") -> None:
        if declaration.get(policy) == "Retain":
            tell(self._stack, name, declaration, "DELETE_SKIPPED", resource)
            return
        with told(self._stack, name, declaration, "DELETE", resource):
            self._resources._delete_resource(resource, declaration)


def _without_no_value(original: Any, given: Any, resources: ResourceMap) -> Any:
    """AWS::NoValue isn't there; moto leaves None in its place in a list."""
    cleaned = original(given, resources)
    return [member for member in cleaned if member is not None] if isinstance(given, list) else cleaned


def _look_up(original: Any, self: ResourceMap, name: str) -> Any:
    """A resource that is missing is made: what it refers to comes first, and both are told of."""
    declaration = self._resource_json_map.get(name)
    if declaration is None or name in self._parsed_resources or not _wanted(self, declaration):
        return original(self, name)
    stack = cloudformation_backends[self._account_id][self._region_name].stacks[self.stack_id]
    parsing.clean_json(declaration, self)
    with told(stack, name, declaration, "CREATE"):
        return original(self, name)


def _wanted(resources: ResourceMap, declaration: dict[str, Any]) -> bool:
    return "Condition" not in declaration or bool(resources.lazy_condition_map[declaration["Condition"]])


def _made(_original: Any, self: ResourceMap) -> Iterator[str]:
    """The logical ids of what there is, so that nothing else is listed, or made by being listed."""
    return iter([name for name in self._resource_json_map if name in self._parsed_resources])


def _delete(_original: Any, self: ResourceMap) -> None:
    """What was made last goes first, so nothing is deleted before what refers to it. moto tries in random order."""
    for name in reversed(list(self._parsed_resources)):
        declaration = self._resource_json_map.get(name)
        if declaration is not None and declaration.get("DeletionPolicy") != "Retain":
            self._delete_resource(self._parsed_resources.pop(name), declaration)
