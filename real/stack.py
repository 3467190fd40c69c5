"""The embedded stack, deployed by sam, in front of two real sites: everything is real but AWS."""

from __future__ import annotations

import functools
import json
import os
import signal
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local import sam
from local.aws import clients, lambda_runtime
from local.aws.server import LocalAws
from local.build import built_application
from local.lifecycle import Startable
from local.world import WorldPlan
from local.world.edge import Edge
from local.world.stack_view import Executions, FenceTable
from real.infinispan.pair import RealPair
from real.monitors import Webhook

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

STACK_NAME = "site-fencing"
REGION = sam.REGION


class RealStack(Startable):
    """A deployed stack that knows the two sites, in the default world of accelerators. A context manager."""

    def __init__(self, pair: RealPair, *, directory: Path, tell: sam.Tell = sam.ignore) -> None:
        """`directory` gets the functions' logs, `tell` what sam says while it builds and deploys."""
        self._pair = pair
        self._tell = tell
        self._directory = directory
        self._resources = ExitStack()

    @property
    def webhook(self) -> Webhook:
        """The function URL with the credentials that the stack has made."""
        secret = self._client("secretsmanager").get_secret_value(SecretId=self._outputs["WebhookSecretArn"])
        credentials = json.loads(secret["SecretString"])
        return Webhook(self._outputs["WebhookUrl"], credentials["username"], credentials["password"])

    def start(self) -> None:
        """Build and deploy. Raises SamError; whatever was started is stopped."""
        with ExitStack() as started:
            aws = started.enter_context(LocalAws(log_directory=self._directory / "functions"))
            self._endpoint_url = aws.endpoint_url
            plan = WorldPlan()
            self._edge = Edge(self._client, plan)
            self._edge.seed()
            with built_application(self._tell):
                self._outputs = sam.deploy(aws.endpoint_url, STACK_NAME, self._parameters(plan), tell=self._tell)
            key = "+".join(sorted(plan.site_names))
            self._table = FenceTable(self._client("dynamodb"), self._outputs["FenceTableName"], key)
            self._executions = Executions(self._client("stepfunctions"), self._outputs["StateMachineArn"])
            self._resources = started.pop_all()

    def stop(self) -> None:
        self._resources.close()

    def accelerators(self) -> list[dict[str, Any]]:
        """Every endpoint: accelerator, port, region, site, health, weight."""
        return self._edge.describe()

    def endpoints(self) -> list[str]:
        """The sites that are in the accelerator now."""
        return sorted({endpoint["site"] for endpoint in self.accelerators()})

    def record(self) -> dict[str, Any] | None:
        """The fence record, or None."""
        return self._table.record()

    def executions(self) -> list[dict[str, Any]]:
        """name, status, code, sentence and started (RFC 3339) of every execution, newest first."""
        return self._executions.outcomes()

    @property
    def state_machine_arn(self) -> str:
        return self._outputs["StateMachineArn"]

    def step_functions(self) -> SFNClient:
        """A client of the account that the state machine is in."""
        client: SFNClient = self._client("stepfunctions")
        return client

    def lose(self, site: str) -> None:
        """What the accelerator makes of a site that has died: its endpoint is UNHEALTHY."""
        self._edge.set_health(site, "UNHEALTHY")

    def restore(self, site: str) -> None:
        """Put a site back into the accelerator, healthy, as an operator would."""
        self._edge.set_health(site, "HEALTHY")
        self._edge.restore(site)

    def cool_down(self) -> None:
        """End the functions' processes: what is invoked next starts cold, as after a long time without incidents."""
        for pids in lambda_runtime.processes().values():
            for pid in pids:
                os.kill(pid, signal.SIGKILL)

    def age_record(self, seconds: float) -> None:
        """Let time pass for the hold-down."""
        self._table.age(seconds)

    def reset(self) -> None:
        """Both sites in the accelerator, healthy, and no fence record."""
        self._edge.reset()
        self._table.delete()

    def _parameters(self, plan: WorldPlan) -> dict[str, str]:
        admin = self._pair.admin
        secret = self._client("secretsmanager").create_secret(
            Name="infinispan-credentials",
            SecretString=json.dumps({"username": admin.name, "password": admin.password}),
        )
        first, second = self._pair.names
        return {
            "SiteA": first,
            "SiteB": second,
            "SiteAInfinispanUrl": self._pair.sites[first].url,
            "SiteBInfinispanUrl": self._pair.sites[second].url,
            "InfinispanCaCertificate": self._pair.authority.pem,
            "InfinispanSecretArn": secret["ARN"],
            "AcceleratorDnsNames": ",".join(accelerator.dns_name for accelerator in plan.accelerators),
        }

    @functools.cache  # noqa: B019 -- making a client takes longer than any call here, and there is one stack
    def _client(self, service: str, region: str = REGION) -> Any:
        return clients.client(service, region, self._endpoint_url)
