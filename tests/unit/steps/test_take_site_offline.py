"""The survivor's Infinispan stops waiting for the fenced site, and only when that one serves nobody."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from fencing.adapters.infinispan import Infinispan
from fencing.errors import EndpointStillListed, InfinispanUnavailable, SiteNotYetOffline, SurvivorNotListed
from fencing.fence import Fence
from fencing.outcome import Outcome, OutcomeCode
from fencing.steps.take_site_offline import TakeSiteOffline
from local.sites.simulated.pair import SimulatedPair
from tests.unit.builders import DNS_NAME, NOW, fence_for
from tests.unit.steps.conftest import StepWorld


def take_offline(
    world: StepWorld, fence: Fence, *, repeat: bool = False, infinispan: Infinispan | None = None
) -> Outcome:
    infinispan_for = (lambda _: infinispan) if infinispan else world.infinispan_for
    step = TakeSiteOffline(world.accelerators, world.table, infinispan_for, world.pauses.append)
    return step(fence, world.topology, is_repeat=repeat)


def status(world: StepWorld, site: str, other: str) -> str:
    return world.infinispan_for(site).backup_status(other)


def test_the_survivor_drops_the_fenced_site_and_the_other_is_told_nothing(
    world: StepWorld, sites: SimulatedPair
) -> None:
    ended = take_offline(world, world.decide_and_fence())
    assert ended.code is OutcomeCode.FENCED
    assert ended.sentence == f"Fenced site-b: site-a alone serves {DNS_NAME}; its Infinispan dropped site-b."
    assert status(world, "site-a", "site-b") == "offline"
    assert sites.sites["site-b"].operations == ()


@pytest.mark.parametrize(("repeat", "code"), [(False, OutcomeCode.FENCED), (True, OutcomeCode.FENCED_ALREADY)])
def test_what_is_offline_already_is_not_told_again(
    world: StepWorld, sites: SimulatedPair, repeat: bool, code: OutcomeCode
) -> None:
    fence = world.decide_and_fence()
    world.infinispan_for("site-a").take_offline("site-b")
    sites.sites["site-a"].forget_operations()
    assert take_offline(world, fence, repeat=repeat).code is code
    assert sites.sites["site-a"].operations == ()


def test_a_survivor_that_restarted_and_forgot_is_told_again(world: StepWorld, sites: SimulatedPair) -> None:
    fence = world.decide_and_fence()
    take_offline(world, fence)
    sites.sites["site-a"].restart()
    assert take_offline(world, fence, repeat=True).code is OutcomeCode.FENCED
    assert status(world, "site-a", "site-b") == "offline"


def test_while_the_fenced_site_serves_it_is_not_dropped(world: StepWorld, sites: SimulatedPair) -> None:
    fence = world.decide_and_fence()
    world.edge.restore("site-b")
    with pytest.raises(EndpointStillListed):
        take_offline(world, fence)
    assert sites.sites["site-a"].operations == ()


def test_with_the_survivor_out_too_nobody_is_dropped(world: StepWorld, sites: SimulatedPair) -> None:
    fence = world.decide_and_fence()
    world.edge.take_out("site-a")
    with pytest.raises(SurvivorNotListed, match="nobody is served"):
        take_offline(world, fence)
    assert sites.sites["site-a"].operations == ()


@pytest.mark.parametrize("newer", [False, True], ids=["deleted", "a newer one stands"])
def test_a_decision_that_no_longer_stands_changes_nothing(world: StepWorld, sites: SimulatedPair, newer: bool) -> None:
    if newer:
        world.decide_and_fence()
        world.edge.restore("site-b")
        world.decide("site-b", generation=2)
    ended = take_offline(world, fence_for())
    assert ended.code is OutcomeCode.SUPERSEDED
    assert sites.sites["site-a"].operations == ()


def test_a_refused_cache_is_not_taken_for_offline(world: StepWorld, sites: SimulatedPair) -> None:
    sites.sites["site-a"].refuse_cache("sessions", "ISPN000287: Unauthorized access")
    with pytest.raises(
        SiteNotYetOffline, match=r"site-a's Infinispan has not dropped site-b: sessions said .*ISPN000287"
    ):
        take_offline(world, world.decide_and_fence())
    sites.sites["site-a"].refuse_cache("sessions", None)
    assert take_offline(world, fence_for()).code is OutcomeCode.FENCED


class Says(Infinispan):
    """An Infinispan that says ok, whatever its status then is."""

    def __init__(self, *statuses: str, results: Mapping[str, str] | None = None) -> None:
        self._statuses, self._results = list(statuses), {"sessions": "ok"} if results is None else results

    def backup_status(self, site: str) -> str:
        return self._statuses.pop(0) if len(self._statuses) > 1 else self._statuses[0]

    def take_offline(self, site: str) -> Mapping[str, str]:
        return self._results


def test_ok_alone_proves_nothing(world: StepWorld) -> None:
    with pytest.raises(SiteNotYetOffline, match="was told to drop site-b, but still calls it online"):
        take_offline(world, world.decide_and_fence(), infinispan=Says("online"))
    assert 0 < sum(world.pauses) < 5


def test_a_status_that_follows_a_little_later_is_waited_for(world: StepWorld) -> None:
    late = Says("mixed", "online", "mixed", "offline")
    assert take_offline(world, world.decide_and_fence(), infinispan=late).code is OutcomeCode.FENCED


def test_an_infinispan_without_any_such_cache_was_not_taken_offline(world: StepWorld) -> None:
    with pytest.raises(SiteNotYetOffline, match="it has no cache with a backup to that site"):
        take_offline(world, world.decide_and_fence(), infinispan=Says("online", results={}))


def test_an_endpoint_put_back_in_the_last_moment_is_noticed(world: StepWorld) -> None:
    fence = world.decide_and_fence()

    class PutBack(Says):
        def take_offline(self, site: str) -> Mapping[str, str]:
            world.edge.restore("site-b")
            return super().take_offline(site)

    with pytest.raises(EndpointStillListed, match="the sites diverge"):
        take_offline(world, fence, infinispan=PutBack("online", "offline"))


def test_a_survivor_that_is_down_is_tried_again_later(world: StepWorld, sites: SimulatedPair) -> None:
    fence = world.decide_and_fence()
    sites.sites["site-a"].stop()
    with pytest.raises(InfinispanUnavailable):
        take_offline(world, fence)
    found = world.table.read()
    assert found is not None
    assert found.fenced_at == NOW
