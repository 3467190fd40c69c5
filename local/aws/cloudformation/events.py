"""What a stack's events tell: moto tells of the stack only, CloudFormation of each resource as well."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto.cloudformation.models import Event, Stack


class ResourceFailedError(Exception):
    """A resource couldn't be made, changed or removed. The reason is in its events."""


def enter(stack: Stack, status: str, reason: str | None = None) -> None:
    """The stack gets into this state, and its events tell it."""
    stack.status = status
    stack._add_stack_event(status, resource_status_reason=reason)  # noqa: SLF001


def tell(stack: Stack, name: str, declaration: dict[str, Any], status: str, resource: Any, reason: str = "") -> None:
    """An event of the resource with this logical id; `resource` is moto's object for it, if there is one."""
    event = Event(
        stack_id=stack.stack_id,
        stack_name=stack.name,
        logical_resource_id=name,
        physical_resource_id=str(getattr(resource, "physical_resource_id", "")),
        resource_type=declaration["Type"],
        resource_status=status,
        resource_status_reason=reason or None,
        resource_properties=None,
    )
    stack.events.append(event)


@contextmanager
def told(stack: Stack, name: str, declaration: dict[str, Any], action: str, resource: Any = None) -> Iterator[None]:
    """Around the CREATE, UPDATE or DELETE of a resource. `resource` is needed where the stack no longer knows it.

    Raises:
        ResourceFailedError: for whatever is raised inside.
    """

    def known() -> Any:
        return resource or stack.resource_map._parsed_resources.get(name)  # noqa: SLF001

    tell(stack, name, declaration, f"{action}_IN_PROGRESS", known())
    try:
        yield
    except Exception as error:
        tell(stack, name, declaration, f"{action}_FAILED", known(), reason_of(error))
        raise ResourceFailedError(f"The following resource(s) failed to {action.lower()}: [{name}].") from error
    tell(stack, name, declaration, f"{action}_COMPLETE", known())


def reason_of(error: Exception) -> str:
    """In the words of the service; an error that isn't one of a service is named."""
    message = getattr(error, "message", None)
    return str(message or (error if isinstance(error, ResourceFailedError) else f"{type(error).__name__}: {error}"))
