"""The handlers as Lambda calls them: an event, a context, an environment."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest

import webhook.app
from local.aws import InProcessAws, LambdaContext
from tests.unit.aws_resources import create_secret, create_state_machine
from tests.unit.builders import DNS_NAME, NOW
from tests.unit.handlers.requests import PASSWORD, event

FUNCTIONS = (
    "webhook",
    "resolve_accelerator",
    "check_reporter",
    "claim_fence",
    "update_endpoint_group",
    "take_site_offline",
)
Invoke = Callable[[str, dict[str, Any]], dict[str, Any]]


@pytest.fixture
def invoke() -> Iterator[Invoke]:
    """Calls a function's handler in a new execution environment: what it kept in a former test is gone."""
    modules = {name: importlib.import_module(f"{name}.app") for name in FUNCTIONS}

    def call(name: str, event: dict[str, Any]) -> dict[str, Any]:
        context = LambdaContext(name, f"arn:aws:lambda:us-west-2:123456789012:function:{name}")
        answer: dict[str, Any] = modules[name].handler(event, context)
        return answer

    yield call
    for module in modules.values():
        module.step.cache_clear()


@dataclass
class Webhook:
    invoke: Invoke
    state_machine: str
    secret: str

    def __call__(self, document: Any, *args: Any, **kwargs: Any) -> tuple[int, dict[str, Any]]:
        """Status and parsed body of the answer."""
        answered = self.invoke("webhook", event(document, *args, **kwargs))
        assert answered["headers"]["content-type"] == "application/json"
        return answered["statusCode"], json.loads(answered["body"])

    @property
    def executions(self) -> set[str]:
        found = boto3.client("stepfunctions").list_executions(stateMachineArn=self.state_machine)["executions"]
        return {execution["name"] for execution in found}


@pytest.fixture
def post(aws: InProcessAws, invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> Webhook:
    made = Webhook(invoke, create_state_machine(), create_secret(password=PASSWORD))
    monkeypatch.setattr(webhook.app, "utc_now", lambda: NOW)
    for name, value in {
        "STATE_MACHINE_ARN": made.state_machine,
        "WEBHOOK_SECRET_ARN": made.secret,
        "SITE_A": "site-a",
        "SITE_B": "site-b",
        "ACCELERATOR_DNS_NAMES": f"a1111111111111111.awsglobalaccelerator.com,{DNS_NAME}",
    }.items():
        monkeypatch.setenv(name, value)
    return made
