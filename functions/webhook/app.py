"""Webhook: Alertmanager's POST becomes an execution per firing alert."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from fencing import settings
from fencing.adapters.clock import utc_now
from fencing.adapters.executions import Executions
from fencing.adapters.secrets import Secret
from fencing.authentication import BasicAuthenticator
from fencing.observability import logger
from fencing.steps.receive_alerts import ReceiveAlerts, Request


@dataclass(frozen=True, slots=True)
class Settings:
    """The webhook's environment."""

    secret_arn: str
    state_machine_arn: str
    sites: settings.Sites
    dns_names: tuple[str, ...]

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read the settings; an InvalidSetting names what is missing or malformed."""
        return cls(
            secret_arn=settings.secret_arn("WEBHOOK_SECRET_ARN"),
            state_machine_arn=settings.text("STATE_MACHINE_ARN"),
            sites=settings.Sites.from_environment(),
            dns_names=settings.accelerator_dns_names(),
        )


@cache
def step(of: Settings) -> ReceiveAlerts:
    """Build the step once per environment: clients and secrets live as long as the process."""
    return ReceiveAlerts(
        BasicAuthenticator(Secret(of.secret_arn, utc_now)),
        of.sites,
        of.dns_names,
        Executions(of.state_machine_arn),
        utc_now,
    )


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Respond to a request to the function URL (payload format 2.0)."""
    request = Request(
        method=event["requestContext"]["http"]["method"],
        authorization=event.get("headers", {}).get("authorization", ""),
        body=event.get("body") or "",
        is_base64=bool(event.get("isBase64Encoded")),
    )
    return step(Settings.from_environment())(request).to_function_url()
