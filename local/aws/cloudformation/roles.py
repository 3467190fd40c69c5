"""IAM roles. moto's own skip what IAM checks, keep their policies when these change, and have no managed ones."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from local.aws.cloudformation.api_resource import ApiResource, Properties

ATTRIBUTES = ("Description", "MaxSessionDuration")
MADE_WITH = (*ATTRIBUTES, "Path", "PermissionsBoundary", "Tags")


class Role(ApiResource):
    type_name = "AWS::IAM::Role"
    service = "iam"
    attribute_names = frozenset({"Arn", "RoleId"})

    def create(self, name: str, properties: Properties) -> None:
        self._name = properties.get("RoleName", name)
        made = self.client.create_role(
            RoleName=self._name,
            AssumeRolePolicyDocument=_document(properties["AssumeRolePolicyDocument"]),
            **_chosen(properties, MADE_WITH),
        )["Role"]
        self.physical_resource_id = self._name
        self.attributes = {"Arn": made["Arn"], "RoleId": made["RoleId"]}
        try:
            self._put_policies(properties)
        except Exception:
            self.remove()
            raise

    def update(self, name: str, properties: Properties) -> None:
        if properties.get("RoleName", self._name) != self._name:
            super().update(name, properties)
            return
        self.client.update_assume_role_policy(
            RoleName=self._name, PolicyDocument=_document(properties["AssumeRolePolicyDocument"])
        )
        self.client.update_role(RoleName=self._name, **_chosen(properties, ATTRIBUTES))
        self._put_policies(properties)

    def remove(self) -> None:
        self._put_policies({})
        self.client.delete_role(RoleName=self._name)

    def _put_policies(self, properties: Properties) -> None:
        """Let the role have the policies that it declares, and no other ones."""
        declared = {policy["PolicyName"]: policy["PolicyDocument"] for policy in properties.get("Policies", [])}
        for policy in set(self.client.list_role_policies(RoleName=self._name)["PolicyNames"]) - declared.keys():
            self.client.delete_role_policy(RoleName=self._name, PolicyName=policy)
        for policy, document in declared.items():
            self.client.put_role_policy(RoleName=self._name, PolicyName=policy, PolicyDocument=_document(document))
        managed = set(properties.get("ManagedPolicyArns", []))
        attached = self.client.list_attached_role_policies(RoleName=self._name)["AttachedPolicies"]
        for arn in {policy["PolicyArn"] for policy in attached} - managed:
            self.client.detach_role_policy(RoleName=self._name, PolicyArn=arn)
        for arn in sorted(managed):
            self.client.attach_role_policy(RoleName=self._name, PolicyArn=arn)


def _document(policy: Any) -> str:
    return policy if isinstance(policy, str) else json.dumps(policy)


def _chosen(properties: Mapping[str, Any], names: tuple[str, ...]) -> Properties:
    return {name: properties[name] for name in names if name in properties}
