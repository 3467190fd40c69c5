"""The pairs of real servers, one version after the other. What is missing on the machine is an error, not a skip."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest

from real.infinispan.jars import VERSIONS
from real.infinispan.pair import RealPair
from tests.contract.pair import Access, Credentials


@dataclass(frozen=True)
class RealSites:
    """Real servers as the contract test's Pair."""

    sites: RealPair

    @property
    def names(self) -> tuple[str, str]:
        return self.sites.names

    @property
    def access(self) -> Mapping[str, Access]:
        pem = self.sites.authority.pem
        return {name: Access(site.url, ca_pem=pem) for name, site in self.sites.sites.items()}

    @property
    def admin(self) -> Credentials:
        return Credentials(self.sites.admin.name, self.sites.admin.password)

    @property
    def observer(self) -> Credentials:
        return Credentials(self.sites.observer.name, self.sites.observer.password)

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
