from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from local import sam
from local.aws.clients import client
from local.aws.server import LocalAws
from local.world import World, WorldPlan
from tests.sam_deploy.commands import Account


@pytest.fixture(scope="package")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The application, built."""
    directory = tmp_path_factory.mktemp("build")
    sam.build(build_directory=directory)
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


@pytest.fixture(scope="module")
def parameters(account: Account, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The options that give the template's parameters for the world."""
    file = tmp_path_factory.mktemp("parameters") / "parameters.yaml"
    file.write_text(json.dumps(account.world.stack_parameters()))
    return ["--parameter-overrides", f"file://{file}"]
