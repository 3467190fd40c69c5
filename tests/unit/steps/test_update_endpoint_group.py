"""Take the fenced site out of the accelerator; never empty a listener; finish what others began."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from fencing.adapters.global_accelerator import GlobalAccelerator
from fencing.errors import EndpointStillListed, RequestRefused, SitesNotIdentified, SurvivorNotListed
from fencing.fence import Fence, Phase
from fencing.outcome import OutcomeCode
from fencing.steps.update_endpoint_group import Updated, UpdateEndpointGroup
from fencing.topology import Endpoint, EndpointSnapshot, Topology
from tests.unit.aws_resources import client_in, load_balancer
from tests.unit.builders import NOW, fence_for
from tests.unit.steps.conftest import StepWorld

SECOND_NAME = "a1111111111111111.awsglobalaccelerator.com"
MANY_LISTENERS = {
    "sites": {"site-a": {"region": "eu-west-1"}, "site-b": {"region": "eu-central-1"}},
    "accelerators_in_account": 2,
    "accelerators": [
        {"position": 1, "listeners": [{"port": 443}, {"port": 8443}, {"port": 9443, "sites": []}]},
        {"position": 2, "dns_name": SECOND_NAME},
    ],
}
B_ALONE_ON_8443 = {
    "accelerators": [{"position": 1, "listeners": [{"port": 443}, {"port": 8443, "sites": ["site-b"]}]}],
}


def update(world: StepWorld, fence: Fence, accelerators: GlobalAccelerator | None = None) -> Updated:
    step = UpdateEndpointGroup(accelerators or world.accelerators, world.table, world.now, world.pauses.append)
    return step(fence, world.topology)


def phase(world: StepWorld) -> Phase | None:
    found = world.table.read()
    return found.phase if found else None


def test_the_fenced_site_is_taken_out_and_the_decision_confirmed(world: StepWorld) -> None:
    assert update(world, world.decide()) == Updated(1, "site-b is out of the accelerator, site-a is in it.")
    assert world.in_service == ["site-a"]
    found = world.table.read()
    assert found is not None
    assert (found.phase, found.fenced_at) == (Phase.FENCED, NOW)


def test_run_again_it_changes_nothing_more(world: StepWorld) -> None:
    fence = world.decide()
    update(world, fence)
    before = world.table.read()
    assert update(world, fence).removed == 0
    assert (world.table.read(), world.in_service) == (before, ["site-a"])


@pytest.mark.parametrize("layout", [MANY_LISTENERS], ids=["two accelerators, listeners, regions"])
def test_the_fenced_site_leaves_every_group_of_every_accelerator(world: StepWorld) -> None:
    assert update(world, world.decide("site-b")).removed == 3
    assert world.in_service == ["site-b"]


def test_a_site_taken_out_by_hand_is_confirmed_without_touching_anything(world: StepWorld) -> None:
    world.edge.take_out("site-b")
    fence = world.decide()
    assert update(world, fence).removed == 0
    assert phase(world) is Phase.FENCED


@pytest.mark.parametrize("layout", [B_ALONE_ON_8443], ids=["site-b alone on 8443"])
def test_a_listener_that_only_the_fenced_site_serves_is_never_emptied(world: StepWorld) -> None:
    with pytest.raises(SurvivorNotListed, match="which would be left empty"):
        update(world, world.decide())
    assert [len(group.endpoints) for group in world.snapshot().groups if group.endpoints][-1] == 1
    assert phase(world) is Phase.FENCING


def test_with_the_survivor_gone_nothing_is_removed(world: StepWorld) -> None:
    fence = world.decide()
    world.edge.take_out("site-a")
    with pytest.raises(SurvivorNotListed):
        update(world, fence)
    assert world.in_service == ["site-b"]


def test_with_both_gone_nothing_is_confirmed(world: StepWorld) -> None:
    fence = world.decide()
    world.edge.take_out("site-a")
    world.edge.take_out("site-b")
    with pytest.raises(SurvivorNotListed, match="should be alone in the accelerator"):
        update(world, fence)
    assert phase(world) is Phase.FENCING


@pytest.mark.parametrize(
    ("stands", "sentence"),
    [
        (None, "the fence record was deleted"),
        ("site-b", "what stands is generation 2 (site-b survives"),
    ],
)
def test_a_decision_that_no_longer_stands_is_not_carried_out(
    world: StepWorld, stands: str | None, sentence: str
) -> None:
    if stands:
        old = world.decide()
        world.table.confirm(old, NOW)
        world.decide(stands, generation=2)
    ended = update(world, fence_for()).outcome
    assert ended is not None
    assert ended.code is OutcomeCode.SUPERSEDED
    assert sentence in ended.sentence
    assert world.in_service == ["site-a", "site-b"]


def test_a_site_restored_within_the_hold_down_is_left_there(world: StepWorld) -> None:
    fence = world.decide_and_fence()
    world.edge.restore("site-b")
    ended = update(world, fence).outcome
    assert ended is not None
    assert ended.code is OutcomeCode.REFUSED
    assert "site-b is back in the accelerator so soon after it was fenced (at 18:40:00 UTC)" in ended.sentence
    assert world.in_service == ["site-a", "site-b"]


def test_stale_reads_are_waited_for(world: StepWorld) -> None:
    fence = world.decide()
    remove = world.accelerators.remove_endpoint

    class ReadsLag(GlobalAccelerator):
        def remove_endpoint(self, group_arn: str, endpoint: Endpoint) -> None:
            remove(group_arn, endpoint)
            world.backend.stale_reads(3)

    assert update(world, fence, ReadsLag()).outcome is None
    assert world.in_service == ["site-a"]
    assert 0 < sum(world.pauses) < 5


def test_an_endpoint_that_stays_listed_is_tried_again_later(world: StepWorld) -> None:
    class NeverRemoves(GlobalAccelerator):
        def remove_endpoint(self, group_arn: str, endpoint: Endpoint) -> None:
            pass

    with pytest.raises(EndpointStillListed):
        update(world, world.decide(), NeverRemoves())
    assert phase(world) is Phase.FENCING


class Meanwhile(GlobalAccelerator):
    """Something happens in the moment before a removal."""

    def __init__(self, happens: Callable[[], None], *, refuses: bool = False) -> None:
        super().__init__()
        self._happens, self._refuses = happens, refuses

    def remove_endpoint(self, group_arn: str, endpoint: Endpoint) -> None:
        self._happens()
        if self._refuses:
            raise RequestRefused("AWS answered InvalidArgumentException to RemoveEndpoints.")
        super().remove_endpoint(group_arn, endpoint)


def test_an_endpoint_that_another_execution_removed_first_is_no_failure(world: StepWorld) -> None:
    fence = world.decide()
    updated = update(world, fence, Meanwhile(lambda: world.edge.take_out("site-b"), refuses=True))
    assert updated.outcome is None
    assert (world.in_service, phase(world)) == (["site-a"], Phase.FENCED)


def test_a_refused_removal_of_an_endpoint_that_is_still_there_is_loud(world: StepWorld) -> None:
    with pytest.raises(RequestRefused):
        update(world, world.decide(), Meanwhile(lambda: None, refuses=True))


def test_another_execution_of_the_same_decision_may_confirm_first(world: StepWorld) -> None:
    fence = world.decide()
    updated = update(world, fence, Meanwhile(lambda: confirm_elsewhere(world, fence)))
    assert updated.outcome is None
    assert world.in_service == ["site-a"]


def confirm_elsewhere(world: StepWorld, fence: Fence) -> None:
    world.edge.take_out(fence.fenced)
    assert world.table.confirm(fence, NOW)


class ChangesWhenRead(GlobalAccelerator):
    """What stands changes while the endpoint is read back."""

    def __init__(self, world: StepWorld, happens: Callable[[], None]) -> None:
        super().__init__()
        self._world, self._happens = world, happens

    def snapshot(self, topology: Topology) -> EndpointSnapshot:
        seen = super().snapshot(topology)
        if self._world.pauses:
            self._happens()
            self._world.pauses.clear()
        return seen


@pytest.mark.parametrize("newer", [False, True], ids=["confirmed by another", "superseded"])
def test_a_confirmation_that_comes_too_late_reads_what_stands(world: StepWorld, newer: bool) -> None:
    fence = world.decide()

    def happens() -> None:
        world.table.confirm(fence, NOW - timedelta(seconds=1))
        if newer:
            world.decide("site-b", generation=2)

    ended = update(world, fence, ChangesWhenRead(world, happens)).outcome
    assert (ended and ended.code) == (OutcomeCode.SUPERSEDED if newer else None)


def test_a_stranger_in_the_group_stops_everything(world: StepWorld) -> None:
    stranger = load_balancer("stranger", site="site-b")
    group = world.snapshot().groups[0].arn
    client_in("globalaccelerator", "us-west-2").add_endpoints(
        EndpointGroupArn=group, EndpointConfigurations=[{"EndpointId": stranger}]
    )
    with pytest.raises(SitesNotIdentified, match="appeared while the fence was being built"):
        update(world, world.decide())
