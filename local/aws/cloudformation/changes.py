"""What changes between two deployments of a stack.

moto compares the templates' text and looks for changed parameters behind Ref only. It misses Fn::Sub, Fn::If and
conditions, and never asks a condition again on update.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moto.cloudformation.models import Change, ChangeSet
from moto.cloudformation.parsing import ResourceMap

from local.aws.cloudformation.intrinsics import Known, settled
from local.aws.patching import replace_method


def install() -> None:
    """Idempotent: see `local.aws.repairs`."""
    replace_method(ChangeSet, "diff", _changes)


@dataclass(frozen=True)
class Difference:
    """Logical ids of the resources to add, to change and to remove, in the order of their templates."""

    add: list[str]
    modify: list[str]
    remove: list[str]


def difference(deployed: ResourceMap, template: dict[str, Any], parameters: Mapping[str, Any]) -> Difference:
    """Between what is deployed and `template` with `parameters`. Raises moto's ValidationError for a bad template."""
    planned = ResourceMap(
        stack_id=deployed.stack_id,
        stack_name=str(deployed["AWS::StackName"]),
        parameters=dict(parameters),
        tags={},
        region_name=str(deployed["AWS::Region"]),
        account_id=str(deployed["AWS::AccountId"]),
        template=template,
        cross_stack_resources=deployed.cross_stack_resources,
    )
    planned.load()
    old, new = _effective_resources(deployed), _effective_resources(planned)
    return Difference(
        add=[name for name in new if name not in old],
        modify=[name for name in new if name in old and new[name] != old[name]],
        remove=[name for name in old if name not in new],
    )


def _effective_resources(resources: ResourceMap) -> dict[str, Any]:
    """The declarations of the resources whose condition holds, with parameters and Fn::If already resolved.

    moto adds missing Properties to what it deploys; that is no difference.
    """
    known = Known.of(resources)
    return {
        name: settled({"Properties": {}, **declaration}, known)
        for name, declaration in resources._resource_json_map.items()  # noqa: SLF001
        if "Condition" not in declaration or known.conditions[declaration["Condition"]]
    }


def _changes(_original: Any, self: ChangeSet) -> list[Change]:
    deployed, declared = self.stack.resource_map, self.template_dict["Resources"]
    found = difference(deployed, self.template_dict, self.parameters)
    before = deployed._resource_json_map  # noqa: SLF001
    return [
        *(Change("Add", name, declared[name]["Type"]) for name in found.add),
        *(Change("Modify", name, declared[name]["Type"]) for name in found.modify),
        *(Change("Remove", name, before[name]["Type"]) for name in found.remove),
    ]
