"""What the resource types' schemas say of properties and attributes: AWS's own ones, which ship with cfn-lint.

To import cfn-lint takes two seconds, so a thread does it while `sam` builds.
"""

from __future__ import annotations

import importlib
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cfnlint.jsonschema import ValidationError
    from cfnlint.schema import Schema

# The types' names in org.everit.json.schema, with which CloudFormation validates.
JSON_TYPES = {
    "string": "String",
    "object": "JSONObject",
    "array": "JSONArray",
    "integer": "Integer",
    "number": "Number",
    "boolean": "Boolean",
    "null": "Null",
}
SIZES = {
    "minLength": "expected minLength: {}, actual: {}",
    "maxLength": "expected maxLength: {}, actual: {}",
    "minItems": "expected minimum item count: {}, found: {}",
    "maxItems": "expected maximum item count: {}, found: {}",
}
# What cfn-lint knows of the services beyond AWS's schemas. There the service itself refuses, in its own words.
BEYOND_SCHEMA = frozenset(
    {
        *("requiredXor", "requiredOr", "dependentExcluded", "dependentRequired", "enumCaseInsensitive"),
        *("cfnLint", "cfnGather", "dynamicValidation", "format", "lifecycle", "tagging", "uniqueKeys"),
    }
)

_loading = threading.Lock()


@dataclass(frozen=True)
class PropertyError:
    """A property that breaks its schema. `path` leads to it from Properties."""

    path: tuple[str | int, ...]
    reason: str

    def __str__(self) -> str:
        return f"{'/'.join(('#', *map(str, self.path)))}: {self.reason}"


def install() -> None:
    """Begin to import cfn-lint. Idempotent: see `local.aws.repairs`."""
    threading.Thread(target=_load, name="cfn-lint", daemon=True).start()


def property_errors(resource_type: str, properties: Any, region: str) -> list[PropertyError]:
    """Where `properties` break the schema of their type; calls of intrinsic functions in them are passed over.

    The words are those of CloudFormation (aws-cloudformation/cloudformation-resource-schema, ValidationException): of
    most keywords a sentence, of the others, whose sentence would show the value, the keyword only. CloudFormation takes
    a number for a text and the other way round. A type without a schema has no errors.
    """
    schema = _schema(resource_type, region)
    if schema is None:
        return []
    return [told for error in _validator(schema).iter_errors(properties) for told in _told(error)]


def has_attribute(resource_type: str, attribute: str, region: str) -> bool:
    """Whether Fn::GetAtt gives it. A type without a schema may have any."""
    schema = _schema(resource_type, region)
    return schema is None or schema.get_atts.get(attribute) is not None


def identifier(resource_type: str, region: str) -> list[str]:
    """The properties that identify a resource of the type; none for a type without a schema."""
    schema = _schema(resource_type, region)
    paths = [] if schema is None else schema.schema.get("primaryIdentifier", [])
    return [path.removeprefix("/properties/") for path in paths]


def _load() -> None:
    """By one thread at a time: cfn-lint's modules import each other."""
    with _loading:
        importlib.import_module("cfnlint.jsonschema")


def _validator(schema: Schema) -> Any:
    """It passes over intrinsic functions, and takes a number for a text."""
    from cfnlint.helpers import FUNCTIONS  # noqa: PLC0415  (loaded with the schema)
    from cfnlint.jsonschema import CfnTemplateValidator  # noqa: PLC0415  (the same)

    validator = CfnTemplateValidator(schema=schema.schema)
    return validator.evolve(context=validator.context.evolve(functions=list(FUNCTIONS), strict_types=False))


@cache
def _schema(resource_type: str, region: str) -> Schema | None:
    _load()
    from cfnlint.schema import PROVIDER_SCHEMA_MANAGER, ResourceNotFoundError  # noqa: PLC0415  (the same)

    try:
        return PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, resource_type)
    except ResourceNotFoundError:
        return None


def _told(error: ValidationError) -> Iterator[PropertyError]:
    path = tuple(error.path)
    match error.validator:
        case keyword if keyword in BEYOND_SCHEMA:
            return
        case "additionalProperties":
            yield PropertyError(path[:-1], f"extraneous key [{path[-1]}] is not permitted")
        case "required":
            # One error for each key; it names it in its message only.
            missing = re.match(r"'(.+)' is a required property", error.message)
            assert missing is not None, error.message
            yield PropertyError(path, f"required key [{missing[1]}] not found")
        case "type" if isinstance(error.validator_value, str):
            expected = JSON_TYPES[error.validator_value]
            yield PropertyError(path, f"expected type: {expected}, found: {_type_of(error.instance)}")
        case "minLength" | "maxLength" | "minItems" | "maxItems" as keyword:
            size = len(str(error.instance)) if "Length" in keyword else len(error.instance)
            yield PropertyError(path, SIZES[keyword].format(error.validator_value, size))
        case "uniqueItems":
            yield PropertyError(path, "array items are not unique")
        case "oneOf":
            yield PropertyError(path, "0 subschemas matched instead of one")
        case "anyOf":
            count = len(error.validator_value)
            yield PropertyError(path, f"no subschema matched out of the total {count} subschemas")
        case keyword:
            yield PropertyError(path, f"failed validation constraint for keyword [{keyword}]")


def _type_of(value: Any) -> str:
    types = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return JSON_TYPES[types.get(type(value), "null")]
