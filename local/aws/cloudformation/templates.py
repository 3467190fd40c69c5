"""From the template that is uploaded to the one that is deployed: its text, and the SAM transform."""

from __future__ import annotations

import copy
import json
import logging
from collections.abc import Mapping
from typing import Any

import yaml
from moto.cloudformation.exceptions import ValidationError
from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.translator.managed_policy_translator import ManagedPolicyLoader
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

# It complains about metrics of itself that nobody publishes.
logging.getLogger("samtranslator.metrics").setLevel(logging.ERROR)

SAM_TRANSFORM = "AWS::Serverless-2016-10-31"
MOST_BYTES_IN_REQUEST = 51_200
MOST_BYTES = 1_000_000


class NoManagedPolicies(ManagedPolicyLoader):  # type: ignore[misc]  # samtranslator has no types
    """Managed policies can be given by ARN, not by name: AWS's list of them isn't here."""

    def __init__(self) -> None:
        super().__init__(None)

    def load(self) -> dict[str, str]:
        return {}


def check_body(body: str) -> None:
    """Raise ValidationError for a template that is too large to be part of a request."""
    if len(body.encode()) > MOST_BYTES_IN_REQUEST:
        raise ValidationError(
            message=f"1 validation error detected: Value '{body}' at 'templateBody' failed to satisfy constraint: "
            f"Member must have length less than or equal to {MOST_BYTES_IN_REQUEST}"
        )


def parsed(template: str) -> dict[str, Any]:
    """The template as a dict, its short intrinsic functions spelt out.

    Raises ValidationError, as CloudFormation does, for what is no template. sam resolves aliases when it packages one.
    """
    if len(template.encode()) > MOST_BYTES:
        raise ValidationError(message=f"Template may not exceed {MOST_BYTES} bytes in size.")
    try:
        document = yaml_parse(template)
        aliased = has_aliases(template)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
        raise ValidationError(message=f"Template format error: YAML not well-formed.{place}") from error
    if not isinstance(document, dict):
        raise ValidationError(message="Template format error: unsupported structure.")
    if aliased:
        raise ValidationError(message="Template error: YAML aliases are not allowed in CloudFormation templates")
    return document


def has_aliases(text: str) -> bool:
    """Whether a YAML text repeats a part of itself by an alias. Raises yaml.YAMLError for what isn't YAML."""
    events = yaml.parse(text, Loader=yaml.CSafeLoader)
    return not text.lstrip().startswith("{") and any(isinstance(event, yaml.AliasEvent) for event in events)


def transformed(template: Mapping[str, Any], parameters: Mapping[str, str]) -> dict[str, Any]:
    """The template with its Serverless resources replaced by what they stand for.

    Raises ValidationError, as CloudFormation does, when the transform refuses it, and for any other transform.
    """
    document: dict[str, Any] = copy.deepcopy(dict(template))
    declared = document.get("Transform", [])
    transforms = [declared] if isinstance(declared, str) else declared
    if others := [name for name in transforms if name != SAM_TRANSFORM]:
        raise ValidationError(message=f"No transform named {others[0]} found. The local CloudFormation has SAM's only")
    if transforms:
        try:
            document = transform(document, dict(parameters), NoManagedPolicies())
        except InvalidDocumentException as error:
            causes = " ".join(str(cause.message) for cause in error.causes)
            raise ValidationError(message=f"Transform {SAM_TRANSFORM} failed with: {error.message} {causes}") from error
    plain: dict[str, Any] = json.loads(json.dumps(document, default=str))
    return plain
