from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.aws import in_process_aws
from local.sites.simulated.pair import SimulatedPair
from local.world import World, WorldPlan
from tests.local.world.helpers import client


@pytest.fixture(scope="package")
def sites() -> Iterator[SimulatedPair]:
    with World.sites_for(WorldPlan()) as sites:
        yield sites


@pytest.fixture
def plan() -> WorldPlan:
    return WorldPlan.from_mapping({"accelerators": [{"position": 2}], "accelerators_in_account": 3})


@pytest.fixture
def world(plan: WorldPlan, sites: SimulatedPair, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    # moto would make 5000 machine images per region, and no test here needs one.
    monkeypatch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
    with in_process_aws({}):
        world = World(client, sites, plan)
        world.seed()
        yield world
        world.reset()
