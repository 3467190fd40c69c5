"""What the deployed roles grant: the policies that the transform made of the template, as IAM has them."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from local.stack.deployment import Deployment
from tests.security.iam.calls import STATE_MACHINE, Call

# Service Authorization Reference: these have no resource type. For PutResourcePolicy and DescribeLogGroups, the chapter
# "Logging using CloudWatch Logs" of the Step Functions guide demands "*".
WITHOUT_RESOURCE_LEVEL = {
    "elasticloadbalancing:DescribeTags",
    "globalaccelerator:ListAccelerators",
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
}


@dataclass(frozen=True, order=True)
class Grant:
    """A principal may do an action to the resources of a pattern (`*` and `?`, as IAM reads them)."""

    principal: str
    action: str
    resource: str

    def covers(self, call: Call) -> bool:
        """Whether this grant allows the call. Resource "*" of a call matches the pattern "*" only."""
        return (
            self.principal == call.principal
            and self.action == call.action
            and fnmatch.fnmatchcase(call.resource, self.resource.replace("[", "[[]"))
        )


@dataclass(frozen=True)
class Granted:
    """The inline grants, and the managed policies by principal."""

    grants: frozenset[Grant]
    managed: Mapping[str, frozenset[str]]


def granted(deployment: Deployment, client: Callable[[str], Any]) -> Granted:
    """Read the roles of the deployed functions and of the state machine."""
    roles = {
        logical_id: client("lambda").get_function_configuration(FunctionName=function.name)["Role"]
        for logical_id, function in deployment.functions.items()
    }
    machine = client("stepfunctions").describe_state_machine(stateMachineArn=deployment.outputs["StateMachineArn"])
    roles[STATE_MACHINE] = machine["roleArn"]
    iam = client("iam")
    return Granted(
        grants=frozenset(
            grant for principal, arn in roles.items() for grant in _inline(iam, principal, arn.rpartition("/")[2])
        ),
        managed={principal: _managed(iam, arn.rpartition("/")[2]) for principal, arn in roles.items()},
    )


def _managed(iam: Any, role: str) -> frozenset[str]:
    attached = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    return frozenset(policy["PolicyName"] for policy in attached)


def _inline(iam: Any, principal: str, role: str) -> Iterator[Grant]:
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        for statement in _listed(document["Statement"]):
            # Anything else would have to be understood before it can be compared.
            assert statement.keys() <= {"Effect", "Action", "Resource", "Sid"}, statement
            assert statement["Effect"] == "Allow", statement
            for action in _listed(statement["Action"]):
                for resource in _listed(statement["Resource"]):
                    yield Grant(principal, action, resource)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
