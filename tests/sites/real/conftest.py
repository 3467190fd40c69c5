"""The pairs of real servers, one of each version. What is missing on the machine is an error, not a skip."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.sites.real.jars import VERSIONS
from local.sites.real.pair import RealPair
from tests.sites.contract.sites import joined, key, sites, split  # noqa: F401  (fixtures of the contract)


@pytest.fixture(scope="session", params=VERSIONS)
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealPair]:
    version: str = request.param
    with RealPair(version, directory=tmp_path_factory.mktemp(f"infinispan-{version}-")) as running:
        yield running
