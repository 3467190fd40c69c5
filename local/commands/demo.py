"""`python -m local demo [SCENARIO]`: plays a scenario on the embedded stack, and shows the way of each alert."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from local.commands import terminal, timeline
from local.commands.following import Follower
from local.commands.terminal import say
from local.commands.timeline import Line
from local.commands.verdict import AS_EXPECTED, EXPECTED_OUTAGE, UNEXPECTED, Logins, logins
from local.scenarios.alertmanager import CapturedBody, FiringAlert
from local.scenarios.model import (
    AlertsStep,
    AwsErrorStep,
    AwsRecoversStep,
    BeforeStep,
    CrashStep,
    CredentialsStep,
    Scenario,
    Step,
    WorldStep,
)
from local.scenarios.runner import Post, Runner, ScenarioReport
from local.stack.embedded import DIRECTORY, EmbeddedStack
from local.stack.environment import Environment, WebhookResponse
from local.world.actions import ACTIONS
from local.world.text import render

# Real pauses between retries, on a machine that may be busy.
PATIENCE_SECONDS = 300.0


def run(scenario: Scenario) -> int:
    """Play it; the exit status is 0 only if everything was as the scenario expects.

    Raises:
        SamError, RuntimeError: the stack can't be started.
        TimeoutError: an execution doesn't end.
    """
    logs = DIRECTORY / "demo"  # not those of a stack that runs meanwhile
    with EmbeddedStack(scenario.world, scenario.parameters, directory=logs, progress=terminal.phase) as stack:
        return Demo(stack, scenario, stack.logs).run()


class Demo:
    """One scenario on one environment; `logs` is where the functions' logs are."""

    def __init__(self, environment: Environment, scenario: Scenario, logs: Path) -> None:
        self._environment = environment
        self._scenario = scenario
        self._logs = logs
        self._writes_before: Mapping[str, bool] | None = None
        self._posting = 0
        self._since = datetime.now(UTC)
        self._follower = Follower(environment.client("stepfunctions"), environment.state_machine_arn, self._tell_line)

    def run(self) -> int:
        """Play, show, judge."""
        say()
        runner = Runner(
            self._environment,
            patience_seconds=PATIENCE_SECONDS,
            on_step=self._tell_step,
            on_answer=self._tell_answer,
            on_post=self._end_post,
        )
        with terminal.showing(self._follower.now), self._follower:
            report = runner.run(self._scenario)
        shown, writes = self._environment.world.show(), self._writes()
        self._show_world(shown, writes)
        return self._judge(report, logins(shown, self._environment.world.plan, writes))

    def _tell_step(self, step: Step) -> None:
        told = tell(step)
        if isinstance(step, AlertsStep) and self._writes_before is None:
            self._writes_before = self._writes()
            told += " The functions' processes start with their first call."
        if told and self._posting:
            self._follower.tell(Line(datetime.now(UTC), "", told))
        elif told:
            say(terminal.hanging("", told))
        if isinstance(step, AlertsStep):
            if not self._posting:
                say()
                self._since = datetime.now(UTC)
            self._posting += 1

    def _tell_answer(self, body: FiringAlert | CapturedBody, answer: WebhookResponse, at: datetime) -> None:
        self._follower.tell(timeline.answered(body, answer, at))

    def _tell_line(self, line: Line) -> None:
        say(timeline.text(line, self._since), line.style)

    def _end_post(self, _post: Post) -> None:
        self._follower.look()
        self._posting -= 1
        if not self._posting:
            say()

    def _show_world(self, shown: Mapping[str, object], writes: Mapping[str, bool]) -> None:
        say("The world now")
        say()
        say(render(shown, terminal.width(), executions=False))
        say()
        say("Writes into Infinispan")
        before = self._writes_before or {}
        for site, accepted in writes.items():
            earlier = f"{_result(before[site])} before the alerts, " if site in before else ""
            say(f"  {site}  {earlier}{_result(accepted)} now")
        say()

    def _writes(self) -> dict[str, bool]:
        world = self._environment.world
        return {site: world.accepts_writes(site) for site in world.plan.site_names}

    def _judge(self, report: ScenarioReport, found: Logins) -> int:
        if report.failures:
            say("This is not as the scenario expects:", UNEXPECTED)
            for failure in report.failures:
                say(terminal.hanging("  - ", failure))
            say(terminal.hanging("", f"At the end {found.sentence} The functions' logs are in {self._logs}."))
            return 1
        style = AS_EXPECTED if found.everybody else EXPECTED_OUTAGE
        say(terminal.hanging("", f"As this scenario expects: {found.sentence}"), style)
        return 0


def tell(step: Step) -> str:
    """What happens in a step, as a sentence; empty for what isn't an event."""
    told = ""
    match step:
        case WorldStep(action, arguments):
            told = ACTIONS[action].done.format(**arguments)
        case AlertsStep(bodies):
            told = "An alert is posted." if len(bodies) == 1 else f"{len(bodies)} alerts are posted at the same time."
        case CrashStep(function, times, after):
            moment = "before its handler runs" if after == "start" else "with its work done, but its answer lost"
            told = f"{function} will crash {times} times, {moment}."
        case AwsErrorStep(service, operation, code, _, times):
            told = f"{service} will answer {operation} with {code}, up to {times} times."
        case AwsRecoversStep():
            told = "AWS works again."
        case CredentialsStep(user):
            told = f"The Infinispan secret now holds the credentials of the user {user}."
        case BeforeStep(function, steps) if steps:
            told = f"Something will happen just before {function} runs."
    return told


def _result(accepted: bool) -> str:  # noqa: FBT001
    return "accepted" if accepted else "refused"
