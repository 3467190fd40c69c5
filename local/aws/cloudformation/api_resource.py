"""A CloudFormation resource that is made through the public API of its service.

So botocore checks the properties, and a misspelt one fails the deploy as it does in AWS.
"""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Self

import boto3
from moto.cloudformation.exceptions import UnformattedGetAttTemplateException
from moto.core.models import botocore_stubber
from moto.settings import moto_server_port

from local.aws.clients import client

Properties = dict[str, Any]


class ApiResource(ABC):
    """One resource. moto's parser calls the methods whose names it knows; a type fills in the abstract ones.

    `physical_resource_id` is what Ref gives, `attributes` what GetAtt gives.
    """

    type_name: ClassVar[str]
    service: ClassVar[str]
    attribute_names: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, region: str) -> None:
        self.client: Any = _client(self.service, region)
        self.physical_resource_id = ""
        self.attributes: dict[str, str] = {}

    @abstractmethod
    def create(self, name: str, properties: Properties) -> None:
        """Make the resource and set `physical_resource_id` and `attributes`."""

    def update(self, name: str, properties: Properties) -> None:
        """Change the resource in place; unless a type knows better it is made anew, and the old one goes afterwards."""
        old = copy.copy(self)
        self.create(name, properties)
        if self.physical_resource_id != old.physical_resource_id:
            old.remove()

    @abstractmethod
    def remove(self) -> None:
        """Delete the resource."""

    # What moto's parser calls.

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Mapping[str, Any], _account_id: str, region_name: str, **_: Any
    ) -> Self:
        resource = cls(region_name)
        resource.create(resource_name, dict(cloudformation_json.get("Properties") or {}))
        return resource

    @classmethod
    def update_from_cloudformation_json(
        cls, original_resource: Self, new_resource_name: str, cloudformation_json: Mapping[str, Any], **_: Any
    ) -> Self:
        original_resource.update(new_resource_name, dict(cloudformation_json.get("Properties") or {}))
        return original_resource

    def delete(self, _account_id: str, _region: str) -> None:
        self.remove()

    @classmethod
    def has_cfn_attr(cls, attribute: str) -> bool:
        return attribute in cls.attribute_names

    def get_cfn_attribute(self, attribute: str) -> str:
        if attribute not in self.attributes:
            raise UnformattedGetAttTemplateException
        return self.attributes[attribute]

    def is_created(self) -> bool:
        return True


def _client(service: str, region: str) -> Any:
    """A client of this same AWS: in `mock_aws` a plain one, in the server one that calls back."""
    if botocore_stubber.enabled:
        factory: Any = boto3.client
        return factory(service, region_name=region)
    return client(service, region, f"http://localhost:{moto_server_port()}")
