"""`python -m local demo [SCENARIO]`: plays a scenario on the embedded stack, and shows the way of each alert."""

from __future__ import annotations

from collections.abc import Mapping

from local.commands import terminal, timeline
from local.commands.terminal import say
from local.scenarios import reading
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
from local.world.actions import ACTIONS
from local.world.text import render

DEFAULT = "split-brain"
# Real pauses between retries, on a machine that may be busy.
PATIENCE_SECONDS = 300.0


def run(name: str) -> int:
    """Play it; the exit status is 0 only if everything was as the scenario expects.

    Raises:
        ScenarioError: there is no such scenario, or it is malformed.
        SamError, RuntimeError: the stack can't be started.
        TimeoutError: an execution doesn't end.
    """
    scenario = reading.load(name)
    say(terminal.hanging(f"{scenario.name}: ", scenario.title))
    say()
    logs = DIRECTORY / "demo"  # not those of a stack that runs meanwhile
    with EmbeddedStack(scenario.world, scenario.parameters, directory=logs, progress=terminal.phase) as stack:
        return Demo(stack, scenario).run()


class Demo:
    """One scenario on one stack."""

    def __init__(self, stack: EmbeddedStack, scenario: Scenario) -> None:
        self._stack = stack
        self._scenario = scenario
        self._writes_before: Mapping[str, bool] | None = None

    def run(self) -> int:
        """Play, show, judge."""
        say()
        runner = Runner(
            self._stack, patience_seconds=PATIENCE_SECONDS, on_step=self._tell_step, on_post=self._show_post
        )
        report = runner.run(self._scenario)
        self._show_world()
        return self._judge(report)

    def _tell_step(self, step: Step) -> None:
        first_alerts = isinstance(step, AlertsStep) and self._writes_before is None
        if first_alerts:
            self._writes_before = self._writes()
        if told := tell(step):
            say(f"{told} The functions' processes start with their first call." if first_alerts else told)

    def _show_post(self, post: Post) -> None:
        say()
        say(timeline.render(post))
        say()

    def _show_world(self) -> None:
        say("The world now")
        say()
        say(render(self._stack.world.show()))
        say()
        say("Writes into Infinispan")
        before, now = self._writes_before or {}, self._writes()
        for site, accepted in now.items():
            earlier = f"{_result(before[site])} before the alerts, " if site in before else ""
            say(f"  {site}  {earlier}{_result(accepted)} now")
        say()

    def _writes(self) -> dict[str, bool]:
        world = self._stack.world
        return {site: world.accepts_writes(site) for site in world.plan.site_names}

    def _judge(self, report: ScenarioReport) -> int:
        if not report.failures:
            say("Everything is as it should be.")
            return 0
        say("This is not as it should be:")
        for failure in report.failures:
            say(terminal.hanging("  - ", failure))
        say(f"The functions' logs are in {self._stack.logs}.")
        return 1


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
