"""No password, in no form, in a log, in an execution's history or in a message; and logs that can't be forged."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.sns.models import sns_backends

from fencing.observability import logger
from local.scenarios.alertmanager import FiringAlert, webhook_body
from local.scenarios.model import AlertsStep, CredentialsStep, Scenario, Step, WorldStep
from local.scenarios.runner import Runner
from local.stack.environment import WebhookResponse
from local.stack.execution_trace import ExecutionTrace
from local.stack.in_process import InProcessEnvironment
from local.world import WorldPlan
from local.world.world import STACK_REGION as REGION
from tests.security.leaks.watch import forms_of
from verification.fuzz.corpus import INJECTIONS, WRONG_HEADERS, basic

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("nothing-secret")]

END_SECONDS = 30.0
WRONG_PASSWORD = "nobodys-password"
WAY_OF_AN_ALERT = [
    "WebhookFunction",
    "ResolveAcceleratorFunction",
    "CheckReporterFunction",
    "ClaimFenceFunction",
    "UpdateEndpointGroupFunction",
    "TakeSiteOfflineFunction",
]
MESSAGES = {
    "accelerator resolved",
    "alert refused",
    "endpoint groups updated",
    "execution ends",
    "execution started or running",
    "fence decided",
    "request answered",
    "reporter checked",
    "request rejected",
}


def scenario(*steps: Step) -> Scenario:
    return Scenario("", "", "", WorldPlan(), {}, (WorldStep("cut", {}), *steps))


ALERT = AlertsStep((FiringAlert("site-a", "site-b"),))
REFUSED_CACHE = WorldStep("refuse-cache", {"site": "site-a", "cache": "sessions", "text": "no\nway"})
SCENARIOS = {
    "Infinispan refuses the credentials": scenario(CredentialsStep("stranger"), ALERT),
    "Infinispan forbids what is asked": scenario(CredentialsStep("observer"), ALERT),
    "a cache refuses": scenario(REFUSED_CACHE, ALERT),
    "a fencing": scenario(ALERT),
}
ENDS = ["Refused", "Refused", "PartlyFenced", "Fenced"]


class Lines:
    """A stream for the logger."""

    def __init__(self, written: list[str]) -> None:
        self.write = written.append

    def flush(self) -> None:
        """Nothing is kept back."""


class AttackedEnvironment(InProcessEnvironment):
    """An environment at whose webhook anything may be sent."""

    forged_authorization: str | None = None

    def post(self, body: bytes) -> WebhookResponse:
        """All functions share a logger here, so the workflow waits until the webhook has answered."""
        answered = threading.Event()
        self.before("ResolveAcceleratorFunction", lambda: waited_for(answered))
        answer = super().post(body)
        answered.set()
        return answer

    def wait_for_executions(self) -> None:
        """Until none runs any more."""
        deadline = time.monotonic() + END_SECONDS
        while any(execution["status"] == "RUNNING" for execution in self.executions()):
            assert time.monotonic() < deadline, "an execution doesn't end"
            time.sleep(0.02)

    def executions(self) -> list[dict[str, Any]]:
        listed = self.client("stepfunctions").list_executions(stateMachineArn=self.state_machine_arn)
        return list(listed["executions"])

    def known_secrets(self) -> set[str]:
        """Every form of every password that the stack, its sites or its attackers use."""
        sites, forms = self.world.sites, set[str]()
        for user in (sites.admin, sites.observer):
            forms |= forms_of(user.name, user.password)
        secret = self.client("secretsmanager").get_secret_value(SecretId=self.deployment.outputs["WebhookSecretArn"])
        return forms | forms_of(**json.loads(secret["SecretString"])) | forms_of("stranger", WRONG_PASSWORD)

    def _authorization(self) -> str:
        return super()._authorization() if self.forged_authorization is None else self.forged_authorization


@dataclass
class Played:
    """Everything that was written down while the scenarios were played and hostile requests arrived."""

    lines: list[str]
    secrets: set[str]
    traces: list[ExecutionTrace] = field(default_factory=list)
    histories: dict[str, str] = field(default_factory=dict)
    messages: str = ""

    def note_histories_and_messages(self, environment: AttackedEnvironment) -> None:
        """Before the next scenario forgets them."""
        pages = environment.client("stepfunctions").get_paginator("get_execution_history")
        for execution in environment.executions():
            events = [page["events"] for page in pages.paginate(executionArn=execution["executionArn"])]
            self.histories[execution["name"]] = json.dumps(events, default=str)
        self.messages += str(sns_backends[DEFAULT_ACCOUNT_ID][REGION].topics[environment.topic_arn].sent_notifications)

    @property
    def parsed(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.lines]


def waited_for(event: threading.Event) -> None:
    assert event.wait(END_SECONDS)


@pytest.fixture(scope="module")
def played() -> Iterator[Played]:
    lines: list[str] = []
    [handler] = [handler for handler in logger.handlers if hasattr(handler, "setStream")]
    level, stream = logger.log_level, handler.setStream(Lines(lines))
    logger.setLevel("DEBUG")
    try:
        with AttackedEnvironment(WorldPlan(), {}) as environment:
            found = Played(lines, secrets=environment.known_secrets())
            for each in SCENARIOS.values():
                report = Runner(environment).run(each)
                found.traces.extend(trace for post in report.posts for trace in post.traces)
                found.note_histories_and_messages(environment)
            attack(environment)
            found.note_histories_and_messages(environment)
            yield found
    finally:
        handler.setStream(stream)
        logger.setLevel(level)


def attack(environment: AttackedEnvironment) -> None:
    """Authenticated bodies with hostile labels, and wrong headers."""
    now = datetime.now(UTC)
    for text in (text for text in INJECTIONS if "\ud800" not in text):
        alerts = (FiringAlert("site-a", text), FiringAlert(text, "site-b"), FiringAlert("site-a", "site-b", text))
        for hostile in alerts:
            assert environment.post(webhook_body([hostile], now)).status in {202, 422}
            environment.wait_for_executions()
    for header in (*WRONG_HEADERS, basic("stranger", WRONG_PASSWORD)):
        if header.isprintable() and header.isascii():
            environment.forged_authorization = header
            assert environment.post(webhook_body([FiringAlert("site-a", "site-b")], now)).status == 401


def test_the_scenarios_end_in_every_way(played):
    """Otherwise the other tests would have looked at too little."""
    assert [trace.code for trace in played.traces] == ENDS
    assert len(played.histories) > len(ENDS)
    assert all(f"Site fencing: {end}" in played.messages for end in ENDS)


def test_no_log_line_tells_a_secret(played):
    assert [line for line in played.lines for secret in played.secrets if secret in line] == []


def test_no_history_tells_a_secret(played):
    assert [name for name, text in played.histories.items() for secret in played.secrets if secret in text] == []


def test_no_message_tells_a_secret(played):
    assert [secret for secret in played.secrets if secret in played.messages] == []


def test_no_header_is_logged(played):
    assert [line for line in played.lines if "authorization" in line.lower() and "Basic " in line] == []


def test_a_line_is_one_json_object(played):
    """So that a newline in a label, or in what a server says, can't begin a line of its own."""
    for line in played.lines:
        assert line.endswith("\n")
        assert len(line.splitlines()) == 1
    assert all(isinstance(line, dict) for line in played.parsed)


def test_messages_are_static(played):
    """What varies goes into keys, so that messages can be counted and searched for."""
    assert {line["message"] for line in played.parsed} <= MESSAGES


def test_one_correlation_id_leads_from_the_webhook_to_the_last_step(played):
    fenced = played.traces[-1]
    functions = [line["function_name"] for line in played.parsed if line.get("correlation_id") == fenced.name]
    logical_ids = [name.removeprefix("site-fencing-").rpartition("-")[0] for name in functions]
    assert list(dict.fromkeys(logical_ids)) == WAY_OF_AN_ALERT
    assert fenced.name in played.messages


def test_every_line_of_a_step_has_the_id_of_its_execution(played):
    for line in played.parsed:
        if "WebhookFunction" not in line["function_name"]:
            assert line["correlation_id"] in played.histories
