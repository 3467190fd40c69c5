"""May this site speak, and is what it says true? Asked of Global Accelerator and of its own Infinispan."""

from __future__ import annotations

import pytest

from fencing.decisions.evidence import Evidence
from fencing.decisions.judge_report import Judgement, Verdict
from fencing.errors import InfinispanUnavailable
from fencing.outcome import OutcomeCode
from fencing.steps.check_reporter import LAST_CHECK, CheckReporter
from local.sites.simulated.pair import SimulatedPair
from tests.unit.builders import alert
from tests.unit.steps.conftest import StepWorld


def check(world: StepWorld, number: int = 1) -> Judgement:
    return CheckReporter(world.accelerators, world.infinispan_for)(alert(), world.topology, number)


def test_a_reporter_whose_infinispan_confirms_may_go_on(world: StepWorld, sites: SimulatedPair) -> None:
    sites.link.cut()
    assert (check(world).verdict, check(world).evidence) == (Verdict.PROCEED, Evidence.GONE)


def test_a_site_that_is_still_seen_is_waited_for_then_called_a_false_alarm(world: StepWorld) -> None:
    assert {check(world, number).verdict for number in range(1, LAST_CHECK)} == {Verdict.WAIT}
    for number in (LAST_CHECK, LAST_CHECK + 1):
        ended = check(world, number).outcome
        assert ended is not None
        assert ended.sentence == "False alarm: site-a's Infinispan sees site-b. Nothing was changed."


def test_a_node_that_cannot_tell_leaves_the_alert_to_be_believed(world: StepWorld, sites: SimulatedPair) -> None:
    sites.sites["site-a"].be_relay_node(is_relay=False)
    checked = check(world)
    assert (checked.verdict, checked.evidence) == (Verdict.PROCEED, Evidence.UNKNOWN)


def test_a_reporter_that_is_out_ends_without_its_infinispan(world: StepWorld, sites: SimulatedPair) -> None:
    world.edge.take_out("site-a")
    sites.sites["site-a"].stop()
    ended = check(world).outcome
    assert ended is not None
    assert ended.code is OutcomeCode.OTHER_SITE_SURVIVES


def test_a_reporter_whose_infinispan_is_down_can_do_nothing_later_either(
    world: StepWorld, sites: SimulatedPair
) -> None:
    sites.sites["site-a"].stop()
    with pytest.raises(InfinispanUnavailable):
        check(world)


def test_an_unhealthy_reporter_is_refused(world: StepWorld, sites: SimulatedPair) -> None:
    sites.link.cut()
    world.edge.set_health("site-a", "UNHEALTHY")
    ended = check(world).outcome
    assert ended is not None
    assert ended.sentence == (
        "Refused: site-a is UNHEALTHY in the accelerator, while site-b is HEALTHY. Nothing was changed."
    )


def test_checking_changes_nothing(world: StepWorld, sites: SimulatedPair) -> None:
    sites.link.cut()
    before = world.snapshot()
    check(world)
    assert world.snapshot() == before
    assert sites.sites["site-a"].operations == ()
