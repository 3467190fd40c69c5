"""Pre-deployment validation: a change set whose properties break their schemas fails, and DescribeEvents says where.

CloudFormation User Guide, "Validate stack deployments". What AWS does with values that it can't know yet isn't
documented; here they are left to the deployment, which validates the same properties again.
"""

from __future__ import annotations

import uuid
from typing import Any

from moto.cloudformation.exceptions import CloudFormationError, ValidationError
from moto.cloudformation.models import ChangeSet
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.responses import ActionResult
from moto.core.utils import utcnow

from local.aws.cloudformation.intrinsics import Known, settled
from local.aws.cloudformation.schemas import PropertyError, property_errors

REASON = (
    "The following hook(s)/validation failed: [AWS::EarlyValidation::PropertyValidation]. To troubleshoot Early "
    "Validation errors, use the DescribeEvents API for detailed failure information."
)


class InvalidChangeSetStatus(CloudFormationError):
    code = "InvalidChangeSetStatus"

    def __init__(self, change_set: ChangeSet) -> None:
        super().__init__(
            f"ChangeSet [{change_set.change_set_id}] cannot be executed in its current status of [{change_set.status}]"
        )


def install() -> None:
    """Idempotent: see `local.aws.repairs`. moto has no DescribeEvents that could be repaired."""
    CloudFormationResponse.describe_events = _describe_events  # type: ignore[attr-defined]


def validate(change_set: ChangeSet, known: Known, region: str) -> None:
    """Let the change set fail if what it adds or modifies breaks a schema."""
    resources = change_set.template_dict["Resources"]
    changed = [change.logical_resource_id for change in change_set.changes if change.action != "Remove"]
    events = [
        _event(change_set, name, resources[name]["Type"], error)
        for name in changed
        for error in property_errors(
            resources[name]["Type"], settled(resources[name].get("Properties", {}), known), region
        )
    ]
    if events:
        change_set.status, change_set.execution_status = "FAILED", "UNAVAILABLE"
        change_set.status_reason = REASON
        change_set.validation_events = events  # type: ignore[attr-defined]


def _event(change_set: ChangeSet, name: str, resource_type: str, error: PropertyError) -> dict[str, Any]:
    return {
        "EventId": str(uuid.uuid4()),
        "StackId": change_set.stack_id,
        "OperationId": change_set.change_set_id,
        "OperationType": "CREATE_CHANGESET",
        "EventType": "VALIDATION_ERROR",
        "Timestamp": utcnow(),
        "LogicalResourceId": name,
        "ResourceType": resource_type,
        "ValidationFailureMode": "FAIL",
        "ValidationName": "PROPERTY_VALIDATION",
        "ValidationStatus": "FAILED",
        "ValidationStatusReason": str(error),
        "ValidationPath": "/".join(("", "Resources", name, "Properties", *map(str, error.path))),
    }


def _describe_events(self: CloudFormationResponse) -> ActionResult:
    """Only of a change set, whose events are the failed validations."""
    wanted = self._get_param("ChangeSetName")
    change_set = self.cloudformation_backend.describe_change_set(wanted) if wanted else None
    if change_set is None:
        raise ValidationError(message="The local CloudFormation describes the events of an existing change set only")
    return ActionResult({"OperationEvents": getattr(change_set, "validation_events", [])})
