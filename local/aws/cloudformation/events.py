"""What a stack's events tell: moto tells of the stack only, CloudFormation of each resource as well."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import ClientError
from moto.cloudformation import parsing
from moto.cloudformation.exceptions import CloudFormationError
from moto.cloudformation.models import Event, Stack

from local.aws.cloudformation.schemas import identifier

# CloudFormation CLI User Guide, "Handler error codes": what a type's handler makes of the service's code.
HANDLER_CODES = {
    "AlreadyExist|ResourceInUse": "AlreadyExists",
    "NotFound|NoSuch|DoesNotExist": "NotFound",
    "LimitExceeded": "ServiceLimitExceeded",
    "Throttl|TooManyRequests": "Throttling",
    "AccessDenied": "AccessDenied",
}


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
        tell(
            stack, name, declaration, f"{action}_FAILED", known(), reason_of(error, lambda: _taken(stack, declaration))
        )
        raise ResourceFailedError(f"The following resource(s) failed to {action.lower()}: [{name}].") from error
    tell(stack, name, declaration, f"{action}_COMPLETE", known())


def reason_of(error: Exception, taken: Callable[[], str | None] = lambda: None) -> str:
    """What CloudFormation says of the error: its own sentence, or that of a service as the type's handler passes it on.

    `taken` gives what is said in place of a service's sentence for a name that is taken. What is no service's error is
    named.
    """
    if isinstance(error, ResourceFailedError):
        return str(error)
    if isinstance(error, CloudFormationError):
        return str(error.message)
    code, message = _of_service(error)
    if not code:
        return f"{type(error).__name__}: {error}"
    handlers = (known for pattern, known in HANDLER_CODES.items() if re.search(pattern, code))
    handler_code = next(handlers, "InvalidRequest")
    sentence = (taken() if handler_code == "AlreadyExists" else None) or message
    token = uuid.uuid4()
    return f'Resource handler returned message: "{sentence}" (RequestToken: {token}, HandlerErrorCode: {handler_code})'


def _of_service(error: Exception) -> tuple[str, str]:
    """Code and message, from boto3's error or from one of moto's."""
    if isinstance(error, ClientError):
        return error.response["Error"]["Code"], error.response["Error"]["Message"]
    return str(getattr(error, "code", None) or getattr(error, "error_type", "")), str(getattr(error, "message", error))


def _taken(stack: Stack, declaration: Mapping[str, Any]) -> str | None:
    """The sentence for a resource that is there already, if the template names it."""
    resources = stack.resource_map
    properties = parsing.clean_json(declaration.get("Properties", {}), resources)
    wanted = identifier(declaration["Type"], str(resources["AWS::Region"]))
    named = {f"/properties/{name}": properties[name] for name in wanted if name in properties}
    if len(named) != len(wanted) or not named:
        return None
    shown = json.dumps(named, separators=(",", ":"))
    return f"Resource of type '{declaration['Type']}' with identifier '{shown}' already exists."
