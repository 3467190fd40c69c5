"""The webhook's real handler in this process, with its clients replaced and its log under supervision."""

from __future__ import annotations

import base64
import functools
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import boto3

from fencing.adapters.secrets import Secret
from fencing.observability import logger
from local.aws import LambdaContext
from verification.fuzz.corpus import DNS_NAME, PASSWORD, SITES, TOKEN
from verification.fuzz.dependencies import Outage, SecretsManager, StepFunctions
from webhook import app

FUNCTION_ARN = "arn:aws:lambda:us-west-2:123456789012:function:webhook"
ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "us-west-2",
    "STATE_MACHINE_ARN": "arn:aws:states:us-west-2:123456789012:stateMachine:fence",
    "WEBHOOK_SECRET_ARN": "arn:aws:secretsmanager:us-west-2:123456789012:secret:webhook-AbCdEf",
    "SITE_A": SITES[0],
    "SITE_B": SITES[1],
    "ACCELERATOR_DNS_NAMES": DNS_NAME,
}
SECRETS = tuple(
    text
    for password in (PASSWORD, json.dumps(PASSWORD)[1:-1])
    for text in (password, base64.b64encode(password.encode()).decode(), TOKEN)
)


class WatchedLog:
    """A stream for the logger that fails at a line that isn't one JSON object, or that tells a secret."""

    def __init__(self) -> None:
        self.lines = 0

    def write(self, text: str) -> None:
        assert text.endswith("\n"), f"not a line: {text!r}"
        assert len(text.splitlines()) == 1, f"more than a line: {text!r}"
        assert isinstance(json.loads(text), dict), f"not a JSON object: {text!r}"
        assert_tells_no_secret(text)
        self.lines += 1

    def flush(self) -> None:
        """Nothing is kept back."""


class WebhookInProcess:
    """What a run needs of the webhook."""

    def __init__(self) -> None:
        self.outage = Outage()
        self.secrets_manager = SecretsManager(self.outage)
        self.step_functions = StepFunctions(self.outage)
        self.log = WatchedLog()
        self.clock = 0.0
        """Seconds, as the webhook sees them when it wonders how old its secret is."""

    def answer(self, event: dict[str, Any]) -> dict[str, Any]:
        return dict(app.handler(event, LambdaContext("webhook", FUNCTION_ARN)))  # type: ignore[arg-type]

    def forget_the_secret(self) -> None:
        """As in a new process, which has to ask Secrets Manager first."""
        app.step.cache_clear()

    def client(self, service: str, **_options: Any) -> Any:
        return {"secretsmanager": self.secrets_manager, "stepfunctions": self.step_functions}[service]


@contextmanager
def webhook_in_process() -> Iterator[WebhookInProcess]:
    """The handler with its clients replaced, until left."""
    webhook = WebhookInProcess()
    [handler] = [handler for handler in logger.handlers if hasattr(handler, "setStream")]
    secret = functools.partial(Secret, clock=lambda: webhook.clock)
    with (
        patch.object(boto3, "client", webhook.client),
        patch.object(app, "Secret", secret),
        patch.dict(os.environ, ENVIRONMENT),
    ):
        app.step.cache_clear()
        stream = handler.setStream(webhook.log)
        try:
            yield webhook
        finally:
            handler.setStream(stream)
            app.step.cache_clear()


def assert_tells_no_secret(text: str) -> None:
    """Fail when a password, or a form of it that is sent, is part of the text."""
    for secret in SECRETS:
        assert secret not in text, "a secret is told"
