"""Claim Fence: decide, once, who survives."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from fencing import settings
from fencing.adapters.clock import utc_now
from fencing.adapters.fence_table import FenceTable
from fencing.adapters.global_accelerator import GlobalAccelerator
from fencing.alert import Alert
from fencing.decisions.decide_claim import ClaimRequest
from fencing.decisions.evidence import Evidence
from fencing.fence import Fence
from fencing.fields import choice, pick
from fencing.observability import CORRELATION_ID_PATH, logger
from fencing.steps.claim_fence import ClaimFence
from fencing.topology import Topology


@dataclass(frozen=True, slots=True)
class Settings:
    """The function's environment."""

    table_name: str
    sites: settings.Sites
    hold_down: timedelta

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read the settings; an InvalidSetting names what is missing or malformed."""
        return cls(
            table_name=settings.text("FENCE_TABLE"),
            sites=settings.Sites.from_environment(),
            hold_down=timedelta(seconds=settings.seconds("HOLD_DOWN_SECONDS")),
        )


@cache
def step(of: Settings) -> ClaimFence:
    """Build the step once per environment."""
    return ClaimFence(GlobalAccelerator(), FenceTable(of.table_name, of.sites.key), of.hold_down, utc_now)


@logger.inject_lambda_context(correlation_id_path=CORRELATION_ID_PATH, clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Take `execution`, `alert`, `topology` and `evidence`; return `reason`, `repeat`, and `fence` or `outcome`."""
    alert, topology = Alert.from_state(event), Topology.from_state(event)
    request = ClaimRequest(alert, choice(event, "evidence", Evidence), pick(event, "execution", str))
    decision = step(Settings.from_environment())(request, topology)
    logger.info("fence decided", action=decision.action.value, reason=decision.reason)
    return {
        "reason": decision.reason,
        "repeat": decision.is_repeat,
        **({"fence": Fence.of(decision.record).to_state()} if decision.record else {}),
        **({"outcome": decision.outcome.to_state()} if decision.outcome else {}),
    }
