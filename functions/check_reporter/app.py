"""Check Reporter: may the reporter survive, and is it true what it says?"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from fencing.adapters.clock import utc_now
from fencing.adapters.global_accelerator import GlobalAccelerator
from fencing.adapters.infinispan import InfinispanClients, InfinispanSettings
from fencing.alert import Alert
from fencing.fields import pick
from fencing.observability import CORRELATION_ID_PATH, logger
from fencing.steps.check_reporter import CheckReporter
from fencing.topology import Topology


@cache
def step(of: InfinispanSettings) -> CheckReporter:
    """Build the step once per environment."""
    return CheckReporter(GlobalAccelerator(), InfinispanClients(of, utc_now).for_site)


@logger.inject_lambda_context(correlation_id_path=CORRELATION_ID_PATH, clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> Mapping[str, Any]:
    """Take `alert`, `topology` and `check_number`; return `verdict`, `evidence`, `reason` and, with Stop, `outcome`."""
    alert, topology = Alert.from_state(event), Topology.from_state(event)
    judgement = step(InfinispanSettings.from_environment())(alert, topology, pick(event, "check_number", int))
    logger.info("reporter checked", verdict=judgement.verdict, evidence=judgement.evidence, reason=judgement.reason)
    return {
        "verdict": judgement.verdict,
        "evidence": judgement.evidence,
        "reason": judgement.reason,
        **({"outcome": judgement.outcome.to_state()} if judgement.outcome else {}),
    }
