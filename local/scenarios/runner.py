"""Plays a scenario in an environment, and reports what happened and what was not as expected."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from local.aws import clock, faults
from local.scenarios.alertmanager import CapturedBody, FiringAlert
from local.scenarios.announcements import Announcements
from local.scenarios.checks import Observation, differences
from local.scenarios.model import (
    AlertsStep,
    AwsErrorStep,
    AwsRecoversStep,
    BeforeStep,
    CrashStep,
    CredentialsStep,
    ExpectStep,
    Scenario,
    Step,
    WorldStep,
)
from local.scenarios.placeholders import values_at_the_beginning, values_of
from local.stack.environment import Environment, WebhookResponse
from local.stack.execution_trace import ExecutionTrace, read_trace
from local.world.actions import perform

POLL_SECONDS = 0.02


@dataclass(frozen=True)
class Post:
    """Bodies that were posted at the same time: when, and what came of it. `traces` are the executions, once each."""

    at: datetime
    bodies: tuple[FiringAlert | CapturedBody, ...]
    answers: tuple[WebhookResponse, ...]
    answered_at: tuple[datetime, ...]
    traces: tuple[ExecutionTrace, ...]


@dataclass
class ScenarioReport:
    """`failures` says what was not as expected, a sentence each; `expectations` counts those that were looked at."""

    posts: list[Post] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    expectations: int = 0


class Runner:
    """Plays scenarios; an execution may take `patience_seconds` at most.

    `on_step` is called before each step, `on_answer` with each answer of the webhook as it comes, from the thread that
    has posted, and `on_post` when every execution that came of the bodies posted together has ended.
    """

    def __init__(
        self,
        environment: Environment,
        *,
        patience_seconds: float = 60.0,
        on_step: Callable[[Step], None] = lambda _: None,
        on_answer: Callable[[FiringAlert | CapturedBody, WebhookResponse, datetime], None] = lambda *_: None,
        on_post: Callable[[Post], None] = lambda _: None,
    ) -> None:
        self._environment = environment
        self._patience_seconds = patience_seconds
        self._on_step = on_step
        self._on_answer = on_answer
        self._on_post = on_post
        self._announcements = Announcements(environment.topic_arn)
        self._values: Mapping[str, Any] = {}

    def run(self, scenario: Scenario) -> ScenarioReport:
        """Reset the environment and play the scenario to its end, whatever isn't as expected on the way.

        Raises:
            TimeoutError: an execution doesn't end.
        """
        self._environment.reset()
        self._sign_in_as("admin")
        self._announcements.forget()
        self._values = values_at_the_beginning(self._environment.world.plan, self._environment.client)
        report = ScenarioReport()
        self._play(scenario.steps, report)
        return report

    def _play(self, steps: tuple[Step, ...], report: ScenarioReport) -> None:
        for step in steps:
            self._on_step(step)
            match step:
                case WorldStep(action, arguments):
                    perform(self._environment.world, action, arguments)
                case AlertsStep(bodies):
                    post = self._post(bodies)
                    report.posts.append(post)
                    self._on_post(post)
                case CrashStep(function, times, after):
                    self._environment.crash(function, times, after)
                case AwsErrorStep(service, operation, code, status, times):
                    faults.fail_next(service, operation, code, status=status, times=times)
                case AwsRecoversStep():
                    faults.fail_no_more()
                case CredentialsStep(user):
                    self._sign_in_as(user)
                case BeforeStep(function, then):
                    self._environment.before(function, lambda then=then: self._play(then, report))  # type: ignore[misc]
                case ExpectStep(expectation):
                    report.expectations += 1
                    report.failures += differences(expectation, self._observe(report))

    def _post(self, bodies: tuple[FiringAlert | CapturedBody, ...]) -> Post:
        at = clock.utc_now()
        contents = [body.body(at) for body in bodies]
        together = threading.Barrier(len(contents))

        def send(body: FiringAlert | CapturedBody, content: bytes) -> tuple[WebhookResponse, datetime]:
            together.wait()
            answer, answered_at = self._environment.post(content), clock.utc_now()
            self._on_answer(body, answer, answered_at)
            return answer, answered_at

        with ThreadPoolExecutor(len(contents)) as pool:
            answers, answered_at = zip(*pool.map(send, bodies, contents), strict=True)
        names = dict.fromkeys(name for answer in answers for name in answer.executions)
        return Post(at, bodies, answers, answered_at, tuple(self._ended(name) for name in names))

    def _ended(self, name: str) -> ExecutionTrace:
        client = self._environment.client("stepfunctions")
        arn = f"{self._environment.state_machine_arn.replace(':stateMachine:', ':execution:')}:{name}"
        deadline = time.monotonic() + self._patience_seconds
        while client.describe_execution(executionArn=arn)["status"] == "RUNNING":
            if time.monotonic() > deadline:
                raise TimeoutError(f"The execution {name} still runs after {self._patience_seconds:.0f} s.")
            time.sleep(POLL_SECONDS)
        return read_trace(client, arn)

    def _observe(self, report: ScenarioReport) -> Observation:
        world = self._environment.world
        shown = world.show()
        last = report.posts[-1] if report.posts else None
        return Observation(
            answers=last.answers if last else (),
            traces=last.traces if last else (),
            shown=shown,
            accepts_writes={site: world.accepts_writes(site) for site in world.plan.site_names},
            announced=self._announcements.by_code(),
            values=values_of(shown["record"], self._values),
        )

    def _sign_in_as(self, user: str) -> None:
        sites = self._environment.world.sites
        known = {"admin": sites.admin, "observer": sites.observer}
        name, password = (known[user].name, known[user].password) if user in known else (user, "wrong")
        self._environment.client("secretsmanager").put_secret_value(
            SecretId=self._environment.infinispan_secret_arn,
            SecretString=json.dumps({"username": name, "password": password}),
        )
