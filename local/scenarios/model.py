"""What a scenario says, as read from its file. Texts that are compared may hold placeholders: see `placeholders`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from local.aws.lambda_runtime import CrashPoint
from local.scenarios.alertmanager import CapturedBody, FiringAlert
from local.world import WorldPlan

# What goes wrong in a scenario, in the order in which they are listed, with the headings.
KINDS: Mapping[str, str] = {
    "loss": "A site is lost",
    "doubt": "It is doubtful whether a site is lost, or who should survive",
    "delivery": "Alerts come twice, again, in groups, or for somebody else",
    "crash": "A function crashes, or its answer is lost",
    "aws": "AWS fails, or is late",
    "infinispan": "An Infinispan refuses, is silent, or forgets",
    "installation": "How it is installed, and what it may do",
    "operator": "Somebody has changed the accelerator, or does so meanwhile",
}


@dataclass(frozen=True)
class WorldStep:
    """Something that happens to the world: one of `local.world.actions.ACTIONS`."""

    action: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class AlertsStep:
    """Bodies that are posted to the webhook at the same time. Done when every execution that they started has ended."""

    bodies: tuple[FiringAlert | CapturedBody, ...]


@dataclass(frozen=True)
class CrashStep:
    """The next `times` invocations of a function die: before the handler ran, or with its work done and answer lost."""

    function: str
    times: int = 1
    after: CrashPoint = "start"


@dataclass(frozen=True)
class AwsErrorStep:
    """AWS answers the next `times` calls of an operation with an error, as if IAM, a limit or an outage did it."""

    service: str
    operation: str
    code: str
    status: int = 400
    times: int = 1


@dataclass(frozen=True)
class AwsRecoversStep:
    """AWS fails no more. Needed before `expect` when calls are left to fail: the world is looked at through AWS too."""


@dataclass(frozen=True)
class CredentialsStep:
    """The Infinispan secret holds the credentials of this user from now on: admin, observer or stranger."""

    user: Literal["admin", "observer", "stranger"]


@dataclass(frozen=True)
class BeforeStep:
    """What happens at the moment when a function is invoked the next time, before it runs."""

    function: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Ending:
    """One way in which an execution may end; what is None is not looked at.

    `path` lists the states that were entered, without Choice states; `failures` counts the failed attempts by state.
    """

    outcome: str
    sentence: str
    path: tuple[str, ...] | None = None
    failures: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ExpectedExecution:
    """The execution for one alert, and the ways in which it may end: more than one where a race decides."""

    reporter: str
    site: str
    one_of: tuple[Ending, ...]
    accelerator: str | None = None


@dataclass(frozen=True)
class Expectation:
    """What must hold after the steps so far; what is None is not looked at.

    `answers` has the webhook's answers to the last AlertsStep: the status, and parts of the JSON body. `executions` are
    exactly those that it started. The rest is the world: `infinispan` gives for each site what it says of the other,
    `record` a part of the fence record ({}: there is none), `told` the cross-site operations asked of each Infinispan,
    `accepts_writes` whether a write at a site succeeds, `announced` how many messages the operators got so far by code.
    """

    answers: tuple[Mapping[str, Any], ...] | None = None
    executions: tuple[ExpectedExecution, ...] | None = None
    endpoints: tuple[str, ...] | None = None
    infinispan: Mapping[str, str] | None = None
    record: Mapping[str, Any] | None = None
    told: Mapping[str, tuple[str, ...]] | None = None
    accepts_writes: Mapping[str, bool] | None = None
    announced: Mapping[str, int] | None = None


@dataclass(frozen=True)
class ExpectStep:
    """The point at which the expectation must hold."""

    expectation: Expectation


Step = WorldStep | AlertsStep | CrashStep | AwsErrorStep | AwsRecoversStep | CredentialsStep | BeforeStep | ExpectStep


@dataclass(frozen=True)
class Scenario:
    """A scenario. `name` is its file's, `kind` one of KINDS; `parameters` are on top of those that the world gives."""

    name: str
    title: str
    kind: str
    world: WorldPlan
    parameters: Mapping[str, str]
    steps: tuple[Step, ...]
