"""The pairs of sites that the contract is checked against. A fixture parameter per pair."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import cast

import pytest

from local.sites.simulated.pair import SitePair
from tests.sites.contract.pair import Client, Pair, wait_until_view
from tests.sites.contract.running import PairOf
from tests.sites.contract.sites import VIEW_TIMEOUT, joined, key, sites, split  # noqa: F401  (fixtures of the tests here)

PairFactory = Callable[[], AbstractContextManager[Pair]]


class StandIns(PairOf[SitePair]):
    """The simulated sites as a Pair."""

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
    with SitePair(detection_seconds=0.3) as running:
        yield StandIns(running)


@pytest.fixture(scope="session", params=[pytest.param(stand_ins, id="stand-in")])
def pair(request: pytest.FixtureRequest) -> Iterator[Pair]:
    with cast(PairFactory, request.param)() as running:
        for site in running.names:
            running.wait_until_view(site, running.names, VIEW_TIMEOUT)
        yield running
