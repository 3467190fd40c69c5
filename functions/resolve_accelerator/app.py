"""Resolve Accelerator: the stack's accelerators, their endpoints, and whose site each one is."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from fencing import settings
from fencing.adapters.global_accelerator import GlobalAccelerator
from fencing.adapters.load_balancer_tags import LoadBalancerTags
from fencing.alert import Alert
from fencing.errors import InvalidSetting
from fencing.observability import CORRELATION_ID_PATH, logger
from fencing.steps.resolve_accelerator import ResolveAccelerator


@dataclass(frozen=True, slots=True)
class Settings:
    """The function's environment: accelerators by ARN or by DNS name; load balancers, if given, as (ARN, site)."""

    sites: settings.Sites
    arns: tuple[str, ...]
    dns_names: tuple[str, ...]
    load_balancers: tuple[tuple[str, str], ...]

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read the settings; an InvalidSetting names what is missing or malformed."""
        sites = settings.Sites.from_environment()
        arns, dns_names = settings.accelerator_arns(), settings.accelerator_dns_names()
        if bool(arns) == bool(dns_names):
            raise InvalidSetting("Give either ACCELERATOR_ARNS or ACCELERATOR_DNS_NAMES, and not both.")
        return cls(sites, arns, dns_names, tuple(settings.load_balancers(sites).items()))


@cache
def step(of: Settings) -> ResolveAccelerator:
    """Build the step once per environment."""
    return ResolveAccelerator(
        GlobalAccelerator(), LoadBalancerTags(), of.sites, of.arns, of.dns_names, dict(of.load_balancers)
    )


@logger.inject_lambda_context(correlation_id_path=CORRELATION_ID_PATH, clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Take `alert`; return `topology`."""
    resolved = step(Settings.from_environment())(Alert.from_state(event))
    logger.info("accelerator resolved", topology=resolved.topology.to_state(), reason=resolved.reason)
    return {"topology": resolved.topology.to_state(), "reason": resolved.reason}
