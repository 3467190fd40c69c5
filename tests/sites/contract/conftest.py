"""The pair of sites that the contract is checked against, besides real ones."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.sites.protocol import SitePair
from local.sites.simulated.pair import SimulatedPair
from tests.sites.contract.sites import VIEW_TIMEOUT, joined, key, sites, split  # noqa: F401  (fixtures of the tests here)


@pytest.fixture(scope="session", params=[pytest.param(0.3, id="stand-in")])
def pair(request: pytest.FixtureRequest) -> Iterator[SitePair]:
    with SimulatedPair(detection_seconds=request.param) as running:
        for site in running.names:
            running.wait_until_view(site, running.names, VIEW_TIMEOUT)
        yield running
