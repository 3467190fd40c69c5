"""Capabilities: what the caller has to acknowledge before a template may make IAM resources."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextvars import ContextVar
from typing import Any

from moto.cloudformation.exceptions import CloudFormationError

# The property that gives a resource its name: CloudFormation User Guide, "Acknowledging IAM resources".
NAMES = {
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
}
ACKNOWLEDGED = frozenset({*NAMES, "AWS::IAM::AccessKey", "AWS::IAM::Policy", "AWS::IAM::UserToGroupAddition"})

given: ContextVar[Collection[str]] = ContextVar("capabilities of the request that is answered")
"""moto hands a request's capabilities to nobody."""


class InsufficientCapabilities(CloudFormationError):
    code = "InsufficientCapabilitiesException"


def check(template: Mapping[str, Any]) -> None:
    """Raise InsufficientCapabilities when the request doesn't acknowledge what the (transformed) template makes."""
    made = [declaration for declaration in template["Resources"].values() if declaration["Type"] in ACKNOWLEDGED]
    named = any(NAMES.get(one["Type"], "") in one.get("Properties", {}) for one in made)
    sufficient = {"CAPABILITY_NAMED_IAM"} if named else {"CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"}
    if made and sufficient.isdisjoint(given.get(())):
        raise InsufficientCapabilities(f"Requires capabilities : [{min(sufficient)}]")
