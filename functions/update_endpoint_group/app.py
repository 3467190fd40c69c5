"""Update Endpoint Group: take the fenced site out of the accelerator, and see that it is gone."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from fencing import settings
from fencing.adapters.clock import pause, utc_now
from fencing.adapters.fence_table import FenceTable
from fencing.adapters.global_accelerator import GlobalAccelerator
from fencing.fence import Fence
from fencing.observability import CORRELATION_ID_PATH, logger
from fencing.steps.update_endpoint_group import UpdateEndpointGroup
from fencing.topology import Topology


@dataclass(frozen=True, slots=True)
class Settings:
    """The function's environment."""

    table_name: str
    sites: settings.Sites

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read the settings; an InvalidSetting names what is missing or malformed."""
        return cls(settings.text("FENCE_TABLE"), settings.Sites.from_environment())


@cache
def step(of: Settings) -> UpdateEndpointGroup:
    """Build the step once per environment."""
    return UpdateEndpointGroup(GlobalAccelerator(), FenceTable(of.table_name, of.sites.key), utc_now, pause)


@logger.inject_lambda_context(correlation_id_path=CORRELATION_ID_PATH, clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Take `fence` and `topology`; return `removed`, `reason` and, when the execution ends here, `outcome`."""
    updated = step(Settings.from_environment())(Fence.from_state(event), Topology.from_state(event))
    logger.info("endpoint groups updated", removed=updated.removed, reason=updated.reason)
    return {
        "removed": updated.removed,
        "reason": updated.reason,
        **({"outcome": updated.outcome.to_state()} if updated.outcome else {}),
    }
