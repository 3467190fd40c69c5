"""The definition of a state machine, as Step Functions gets it from CloudFormation."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NoReturn

import yaml
from moto.cloudformation.exceptions import ValidationError
from moto.s3.models import s3_backends
from moto.stepfunctions.parser.api import InvalidDefinition
from moto.utilities.utils import get_partition

from local.aws.cloudformation.templates import has_aliases


def definition(properties: Mapping[str, Any], account_id: str, region: str) -> str:
    """The state machine's definition as JSON text, its substitutions made.

    Raises moto's ValidationError for a location without an object and for a placeholder without a substitution, and
    InvalidDefinition for what Step Functions refuses.
    """
    if "DefinitionS3Location" in properties:
        text = json.dumps(_read(_stored(properties["DefinitionS3Location"], account_id, region)))
    elif "Definition" in properties:
        text = json.dumps(properties["Definition"])
    else:
        text = properties["DefinitionString"]
    for name, value in (properties.get("DefinitionSubstitutions") or {}).items():
        text = text.replace(f"${{{name}}}", json.dumps(str(value))[1:-1])
    if left := sorted(set(re.findall(r"\$\{\w+\}", text))):
        raise ValidationError(message=f"No DefinitionSubstitutions for {', '.join(left)} of the state machine")
    return text


def _stored(location: Mapping[str, str], account_id: str, region: str) -> str:
    backend = s3_backends[account_id][get_partition(region)]
    stored = backend.get_object(location["Bucket"], location["Key"])
    if stored is None:
        raise ValidationError(message=f"The state machine's definition isn't in S3: {location}")
    text: str = stored.value.decode()
    return text


def _read(text: str) -> Any:
    """YAML is a superset of JSON, and sam uploads a definition as it is written: nobody resolves its aliases.

    CloudFormation doesn't either (aws-cloudformation/cfn-language-discussion#49: SCHEMA_VALIDATION_FAILED).
    """
    try:
        if has_aliases(text):
            _refuse("SCHEMA_VALIDATION_FAILED: an alias of YAML is not resolved")
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        _refuse(f"INVALID_JSON_DESCRIPTION: {error}")


def _refuse(reason: str) -> NoReturn:
    raise InvalidDefinition(message=f"Invalid State Machine Definition: '{reason}'")
