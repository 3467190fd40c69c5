"""Take Site Offline: the survivor's Infinispan stops waiting for the fenced site."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from fencing import settings
from fencing.adapters.clock import pause, utc_now
from fencing.adapters.fence_table import FenceTable
from fencing.adapters.global_accelerator import GlobalAccelerator
from fencing.adapters.infinispan import InfinispanClients, InfinispanSettings
from fencing.fence import Fence
from fencing.fields import pick
from fencing.observability import CORRELATION_ID_PATH, logger
from fencing.steps.take_site_offline import TakeSiteOffline
from fencing.topology import Topology


@dataclass(frozen=True, slots=True)
class Settings:
    """The function's environment."""

    table_name: str
    infinispan: InfinispanSettings

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read the settings; an InvalidSetting names what is missing or malformed."""
        return cls(settings.text("FENCE_TABLE"), InfinispanSettings.from_environment())


@cache
def step(of: Settings) -> TakeSiteOffline:
    """Build the step once per environment."""
    table = FenceTable(of.table_name, of.infinispan.sites.key)
    return TakeSiteOffline(GlobalAccelerator(), table, InfinispanClients(of.infinispan, utc_now).for_site, pause)


@logger.inject_lambda_context(correlation_id_path=CORRELATION_ID_PATH, clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Take `fence`, `topology` and `repeat`; return `outcome`."""
    fence, topology, repeat = Fence.from_state(event), Topology.from_state(event), pick(event, "repeat", bool)
    outcome = step(Settings.from_environment())(fence, topology, is_repeat=repeat)
    logger.info("execution ends", code=outcome.code, sentence=outcome.sentence)
    return {"outcome": outcome.to_state()}
