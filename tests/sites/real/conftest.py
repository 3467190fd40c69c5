"""The pairs of real servers, one of each version. What is missing on the machine is an error, not a skip."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.sites.real.jars import VERSIONS
from local.sites.real.pair import RealPair
from tests.sites.contract.running import PairOf
from tests.sites.contract.sites import joined, key, sites, split  # noqa: F401  (fixtures of the contract)


class RealSites(PairOf[RealPair]):
    """Real servers as the contract test's Pair."""

    def cut(self) -> None:
        self.sites.cut()

    def heal(self) -> None:
        self.sites.heal()

    def restart(self, site: str) -> None:
        self.sites.restart(site)

    def wait_until_view(self, site: str, view: frozenset[str], timeout: float) -> None:
        self.sites.wait_until_view(site, view, timeout)


@pytest.fixture(scope="session", params=VERSIONS)
def real_pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealPair]:
    version: str = request.param
    with RealPair(version, directory=tmp_path_factory.mktemp(f"infinispan-{version}-")) as pair:
        yield pair


@pytest.fixture(scope="session")
def pair(real_pair: RealPair) -> RealSites:
    return RealSites(real_pair)
