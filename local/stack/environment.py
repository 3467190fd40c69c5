"""What a scenario is played on: a world with the application deployed into it."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from local.aws import faults
from local.aws.lambda_runtime import CrashPoint
from local.lifecycle import Startable
from local.monitoring.monitors import Webhook
from local.stack.deployment import Deployment
from local.stack.interception import Interception
from local.world import World
from local.world.world import STACK_REGION


@dataclass(frozen=True)
class WebhookResponse:
    """What the webhook answered. `body` is the parsed JSON."""

    status: int
    body: Mapping[str, Any]

    @property
    def executions(self) -> tuple[str, ...]:
        """The names of the executions that were started, or that ran already."""
        return tuple(started["execution"] for started in self.body.get("executions", []))


class Environment(Startable):
    """A context manager. It plays one scenario at a time; `reset` makes it as new.

    There are two: `in_process.InProcessEnvironment`, which takes a fraction of a second, and `embedded.EmbeddedStack`,
    with the real sam, processes and HTTP. moto's state belongs to the process, so only one may be started at a time.

    world: what is around the application. deployment: the application's stack. Both are there once it is started.
    """

    world: World
    deployment: Deployment
    interception: Interception

    @property
    def state_machine_arn(self) -> str:
        """The workflow's ARN."""
        return self.deployment.outputs["StateMachineArn"]

    @property
    def infinispan_secret_arn(self) -> str:
        """The secret with Infinispan's credentials."""
        return self.deployment.outputs["InfinispanSecretArn"]

    @property
    def topic_arn(self) -> str:
        """The topic on which outcomes are announced."""
        return self.deployment.outputs["NotificationTopicArn"]

    @property
    def table_name(self) -> str:
        """The table with the fence record."""
        return self.deployment.outputs["FenceTableName"]

    @property
    def webhook_url(self) -> str:
        """Where alerts are posted."""
        return self.deployment.outputs["WebhookUrl"]

    @property
    def webhook_secret_arn(self) -> str:
        """The secret with the webhook's credentials."""
        return self.deployment.outputs["WebhookSecretArn"]

    def webhook(self) -> Webhook:
        """The webhook with the credentials that it takes now."""
        secret = self.client("secretsmanager").get_secret_value(SecretId=self.webhook_secret_arn)
        credentials = json.loads(secret["SecretString"])
        return Webhook(self.webhook_url, credentials["username"], credentials["password"])

    @abstractmethod
    def client(self, service: str, region: str = STACK_REGION) -> Any:
        """A boto3 client."""

    @abstractmethod
    def post(self, body: bytes) -> WebhookResponse:
        """Post a body to the webhook, with the right credentials."""

    @abstractmethod
    def crash(self, function: str, times: int, after: CrashPoint) -> None:
        """Let the next `times` invocations of a function die; `function` is its logical id in the template."""

    def before(self, function: str, action: Callable[[], None]) -> None:
        """Call `action` when the function is invoked the next time, before it runs."""
        self.interception.before(function, action)

    def reset(self) -> None:
        """Make the world as it was, and forget every failure that is still planned. Executions stay, as in AWS."""
        faults.fail_no_more()
        self.interception.forget()
        self.world.reset()

    def _attach(self, deployment: Deployment) -> None:
        self.deployment = deployment
        self.world.attach(table_name=self.table_name, state_machine_arn=self.state_machine_arn)
