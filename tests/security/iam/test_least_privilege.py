"""Nothing is called that isn't granted, and nothing is granted that isn't called; exceptions have a reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import pytest

from local.scenarios.alertmanager import CapturedBody
from local.scenarios.model import AlertsStep, ExpectStep, Scenario, WorldStep
from local.scenarios.reading import load, names
from local.scenarios.runner import Runner
from local.world import WorldPlan
from tests.security.iam.calls import EVERYTHING, STATE_MACHINE, Call, RecordedEnvironment, Recorder
from tests.security.iam.grants import WITHOUT_RESOURCE_LEVEL, Grant, Granted, granted

pytestmark = pytest.mark.slow

ACCELERATORS_GIVEN: dict[str, dict[str, str]] = {
    "by DNS name": {},
    "by ARN": {"AcceleratorArns": "{accelerator_arns}", "AcceleratorDnsNames": ""},
}

LOG_DELIVERY = "Step Functions asks for them in the role's name when the state machine is made, to set its log up."
UNUSED = {
    "globalaccelerator:UpdateEndpointGroup": "RemoveEndpoints depends on it (Service Authorization Reference).",
    "logs:CreateLogDelivery": LOG_DELIVERY,
    "logs:DeleteLogDelivery": LOG_DELIVERY,
    "logs:DescribeLogGroups": LOG_DELIVERY,
    "logs:DescribeResourcePolicies": LOG_DELIVERY,
    "logs:GetLogDelivery": LOG_DELIVERY,
    "logs:ListLogDeliveries": LOG_DELIVERY,
    "logs:PutResourcePolicy": LOG_DELIVERY,
    "logs:UpdateLogDelivery": LOG_DELIVERY,
}

# SAM attaches these: to write logs (the service does, in the role's name), traces, and network interfaces. The last one
# also without a VPC: SAM sees that VpcConfig is there, not what its condition gives.
TRACES = "AWSXrayWriteOnlyAccess"
LOGS, NETWORK_INTERFACES = "AWSLambdaBasicExecutionRole", "AWSLambdaVPCAccessExecutionRole"
IN_VPC = {"CheckReporterFunction", "TakeSiteOfflineFunction"}

REPEATED = Scenario(
    name="repeated",
    title="The same body arrives again when its execution has ended: the webhook looks at how it ended.",
    kind="delivery",
    world=WorldPlan(),
    parameters={},
    steps=(
        WorldStep("cut", {}),
        AlertsStep((CapturedBody("01-firing-single.am-0.28.1.json"),)),
        AlertsStep((CapturedBody("01-firing-single.am-0.28.1.json"),)),
    ),
)


@dataclass(frozen=True)
class Compared:
    """All calls of all scenarios, with the grants of the stack in which they were made."""

    pairs: tuple[tuple[Granted, frozenset[Call]], ...]


SCENARIOS: dict[str, Callable[[], tuple[Scenario, ...]]] = {
    "a fencing and its repeat": lambda: (REPEATED,),
    "every scenario": lambda: (REPEATED, *map(load, names())),
}


def without_expectations(scenario: Scenario) -> Scenario:
    """What comes of it is checked elsewhere; and what is planned for a listing doesn't happen when there is none."""
    return replace(scenario, steps=tuple(step for step in scenario.steps if not isinstance(step, ExpectStep)))


@cache
def played(what: str, given: str) -> Compared:
    """Play the scenarios, those for the same stack in the same one, with the accelerators given that way."""
    by_stack: dict[str, list[Scenario]] = {}
    accelerators = ACCELERATORS_GIVEN[given]
    for scenario in SCENARIOS[what]():
        changed = replace(without_expectations(scenario), parameters={**scenario.parameters, **accelerators})
        by_stack.setdefault(repr((changed.world, changed.parameters)), []).append(changed)
    pairs = []
    for together in by_stack.values():
        recorder = Recorder()
        with RecordedEnvironment(together[0].world, together[0].parameters) as environment, recorder.recording():
            for scenario in together:
                Runner(environment).run(scenario)
            pairs.append((granted(environment.deployment, environment.client), frozenset(recorder.calls)))
    return Compared(tuple(pairs))


# What was played is dear: one worker for each way to give the accelerators, which plays it once.
@pytest.fixture(
    params=[
        pytest.param((what, given), id=f"{what}, accelerators {given}", marks=pytest.mark.xdist_group(given))
        for what in SCENARIOS
        for given in ACCELERATORS_GIVEN
    ]
)
def compared(request: pytest.FixtureRequest) -> Compared:
    return played(*request.param)


def test_nothing_is_called_that_is_not_granted(compared):
    for grants, calls in compared.pairs:
        assert [call for call in sorted(calls) if not any(grant.covers(call) for grant in grants.grants)] == []


def test_nothing_is_granted_that_is_not_called(compared):
    """Of the stack in which REPEATED was played: where everything is refused at the door, little is called."""
    grants, calls = compared.pairs[0]
    unused = {grant for grant in grants.grants if not any(grant.covers(call) for call in calls)}
    assert sorted(grant for grant in unused if grant.action not in UNUSED) == []
    assert {grant.action for grant in unused} == set(UNUSED), "an exception that is none any more"


def test_every_resource_is_named_where_aws_allows_it(compared):
    for grants, _ in compared.pairs:
        unnamed = {grant.action for grant in grants.grants if grant.resource == EVERYTHING}
        assert unnamed <= WITHOUT_RESOURCE_LEVEL


def test_no_action_is_granted_by_a_wildcard(compared):
    assert not [grant for grants, _ in compared.pairs for grant in grants.grants if "*" in grant.action]


def test_managed_policies_are_those_that_sam_attaches(compared):
    for grants, _ in compared.pairs:
        assert grants.managed == {
            principal: {TRACES}
            | ({LOGS} if principal != STATE_MACHINE else set())
            | ({NETWORK_INTERFACES} if principal in IN_VPC else set())
            for principal in grants.managed
        }


@pytest.mark.parametrize(
    ("grant", "call"),
    [
        (Grant("A", "s3:GetObject", "*"), Call("B", "s3:GetObject", "arn:aws:s3:::b/k")),
        (Grant("A", "s3:GetObject", "arn:aws:s3:::b/*"), Call("A", "s3:PutObject", "arn:aws:s3:::b/k")),
        (Grant("A", "s3:GetObject", "arn:aws:s3:::b/*"), Call("A", "s3:GetObject", "arn:aws:s3:::c/k")),
        (Grant("A", "s3:ListBuckets", "arn:aws:s3:::b/*"), Call("A", "s3:ListBuckets", EVERYTHING)),
    ],
)
def test_the_comparison_sees_a_difference(grant, call):
    assert not grant.covers(call)
    assert Grant(call.principal, call.action, "*").covers(call)
