"""The pairs of sites that the contract is checked against. A fixture parameter per pair."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import cast

import pytest

from local.sites.pair import SitePair
from tests.contract.pair import Access, Client, Credentials, Pair, wait_until_view

# Real servers need about five seconds to notice a cut, and seven to see each other again.
VIEW_TIMEOUT = 40.0
PairFactory = Callable[[], AbstractContextManager[Pair]]


@dataclass(frozen=True)
class StandIns:
    """The simulated sites as a Pair."""

    sites: SitePair

    @property
    def names(self) -> tuple[str, str]:
        first, second = self.sites.sites
        return first, second

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
        self.sites.link.cut()

    def heal(self) -> None:
        self.sites.link.heal()

    def restart(self, site: str) -> None:
        self.sites.sites[site].restart()

    def wait_until_view(self, site: str, view: Iterable[str], timeout: float) -> None:
        wait_until_view(Client(self.access[site], self.admin), view, timeout)


@contextmanager
def stand_ins() -> Iterator[Pair]:
    with SitePair(detection_seconds=0.3) as sites:
        yield StandIns(sites)


@pytest.fixture(scope="session", params=[pytest.param(stand_ins, id="stand-in")])
def pair(request: pytest.FixtureRequest) -> Iterator[Pair]:
    with cast(PairFactory, request.param)() as running:
        for site in running.names:
            running.wait_until_view(site, running.names, VIEW_TIMEOUT)
        yield running
