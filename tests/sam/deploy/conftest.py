from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.aws import LocalAws, client
from local.sam import cli as sam
from local.world import World, WorldPlan
from tests.sam.deploy.commands import Account


@pytest.fixture(scope="package")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The application, built, with the settings that sam finds beside the template."""
    directory = tmp_path_factory.mktemp("build")
    sam.build(build_directory=directory)
    shutil.copy(sam.PROJECT / "samconfig.toml", directory)
    return directory


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """An account without a stack."""
    plan = WorldPlan()
    directory = tmp_path_factory.mktemp("account")
    with LocalAws(log_directory=directory) as aws, World.sites_for(plan) as sites:
        world = World(lambda service, region: client(service, region, aws.endpoint_url), sites, plan)
        world.seed()
        yield Account(aws.endpoint_url, world)
