"""Repairs of moto's IAM: the policies of roles, which it takes as they come when CloudFormation makes the role."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.exceptions import LimitExceededException, MalformedPolicyDocument
from moto.iam.models import AWSManagedPolicy, IAMBackend
from moto.iam.policy_validation import IAMPolicyDocumentValidator, IAMTrustPolicyDocumentValidator

from local.aws.patching import replace_method

# IAM User Guide, "IAM and AWS STS quotas": without white space.
MOST_CHARACTERS_OF_INLINE_POLICIES = 10_240
MOST_CHARACTERS_OF_TRUST_POLICY = 2_048


def install() -> None:
    """Idempotent: see `local.aws.repairs`."""
    replace_method(IAMTrustPolicyDocumentValidator, "_validate_version", _any_version)
    replace_method(IAMTrustPolicyDocumentValidator, "validate", _validate_trust_policy)
    replace_method(IAMBackend, "create_role", _create_role)
    replace_method(IAMBackend, "put_role_policy", _put_role_policy)
    replace_method(IAMBackend, "attach_role_policy", _attach_role_policy)


class InlinePolicy(IAMPolicyDocumentValidator):
    """moto's checks of a policy, and those that a policy of a role's own needs."""

    def _validate_version(self) -> None:
        """Any: without one it is 2008-10-17, which moto refuses."""

    def validate(self) -> None:
        super().validate()
        for statement in self._statements:
            if statement.keys() & {"Principal", "NotPrincipal"}:
                raise MalformedPolicyDocument("Policy document should not specify a principal.")
            _check_statement_id(statement)


def _any_version(_original: Any, self: IAMTrustPolicyDocumentValidator) -> None:
    """moto refuses 2008-10-17, which a trust policy without a version is of."""


def _validate_trust_policy(original: Any, self: IAMTrustPolicyDocumentValidator) -> None:
    """moto doesn't ask for a principal, takes any service and any name of a statement for one, and has no limit."""
    original(self)
    for statement in self._statements:
        if not statement.keys() & {"Principal", "NotPrincipal"}:
            raise MalformedPolicyDocument("Missing required field Principal")
        for service in _services(statement.get("Principal")):
            if not re.fullmatch(r"[a-z0-9.-]+\.amazonaws\.com(\.cn)?", service):
                raise MalformedPolicyDocument(f'Invalid principal in policy: "SERVICE":"{service}"')
        _check_statement_id(statement)
    if _size(self._policy_document) > MOST_CHARACTERS_OF_TRUST_POLICY:
        raise LimitExceededException(f"Cannot exceed quota for ACLSizePerRole: {MOST_CHARACTERS_OF_TRUST_POLICY}")


def _check_statement_id(statement: dict[str, Any]) -> None:
    if not re.fullmatch("[0-9A-Za-z]*", statement.get("Sid", "")):
        raise MalformedPolicyDocument(
            "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression "
            "[0-9A-Za-z]*"
        )


def _services(principal: Any) -> list[str]:
    named = principal.get("Service", []) if isinstance(principal, dict) else []
    return named if isinstance(named, list) else [named]


def _create_role(
    original: Any, self: IAMBackend, role_name: str, assume_role_policy_document: str, *args: Any, **kwargs: Any
) -> Any:
    """moto takes any trust policy."""
    IAMTrustPolicyDocumentValidator(assume_role_policy_document).validate()
    return original(self, role_name, assume_role_policy_document, *args, **kwargs)


def _put_role_policy(_original: Any, self: IAMBackend, role_name: str, policy_name: str, policy_json: str) -> None:
    """moto refuses a version that AWS takes, takes a principal and any name of a statement, and has no limit."""
    role = self.get_role(role_name)
    InlinePolicy(policy_json).validate()
    others = [document for name, document in role.policies.items() if name != policy_name]
    if sum(map(_size, [*others, policy_json])) > MOST_CHARACTERS_OF_INLINE_POLICIES:
        raise LimitExceededException(
            f"Maximum policy size of {MOST_CHARACTERS_OF_INLINE_POLICIES} bytes exceeded for role {role_name}"
        )
    role.put_policy(policy_name, policy_json)


def _size(document: str) -> int:
    return len(re.sub(r"\s", "", document))


def _attach_role_policy(original: Any, self: IAMBackend, policy_arn: str, role_name: str) -> None:
    """moto knows no policy of AWS's own unless it loads all 1,500 of them."""
    if policy_arn not in self.managed_policies and policy_arn in _aws_policies():
        name, data = _aws_policies()[policy_arn]
        policy = AWSManagedPolicy.from_data(name, self.account_id, self.region_name, data)
        self.managed_policies[policy_arn] = policy
    original(self, policy_arn, role_name)


@cache
def _aws_policies() -> dict[str, tuple[str, dict[str, Any]]]:
    """Name and data by ARN."""
    policies = json.loads(aws_managed_policies_data)
    return {f"arn:aws:iam::aws:policy{data['Path']}{name}": (name, data) for name, data in policies.items()}
