"""What the tests of the contract share: the pair seen from one of its sites."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from local.sites.client import BACKUPS, InfinispanClient
from local.sites.protocol import SitePair

CACHES = {"authenticationSessions", "sessions"}
# Real servers need about five seconds to notice a cut, and seven to see each other again.
VIEW_TIMEOUT = 40.0

_numbers = itertools.count()


@dataclass(frozen=True)
class Sites:
    """The pair, named as in the tests: `here` is the site under test, `there` the other one."""

    pair: SitePair
    here: str
    there: str

    @property
    def client(self) -> InfinispanClient:
        return self.client_of(self.here)

    @property
    def other_client(self) -> InfinispanClient:
        return self.client_of(self.there)

    @property
    def observer(self) -> InfinispanClient:
        return self.pair.client(self.here, self.pair.observer)

    @property
    def anonymous(self) -> InfinispanClient:
        return replace(self.client, user=None)

    def client_of(self, site: str) -> InfinispanClient:
        return self.pair.client(site)

    def operation(self, action: str) -> str:
        return f"{BACKUPS}/{self.there}?action={action}"


@pytest.fixture(params=[0, 1], ids=["first-site", "second-site"])
def sites(pair: SitePair, request: pytest.FixtureRequest) -> Sites:
    here: int = request.param
    return Sites(pair, pair.names[here], pair.names[1 - here])


@pytest.fixture
def joined(sites: Sites) -> Iterator[Sites]:
    """The sites see each other."""
    sites.pair.heal()
    for site in sites.pair.names:
        sites.pair.wait_until_view(site, sites.pair.names, VIEW_TIMEOUT)
    bring_both_online(sites.pair)
    yield sites
    bring_both_online(sites.pair)


@pytest.fixture
def split(sites: Sites) -> Iterator[Sites]:
    """The link is cut and both sites have noticed."""
    sites.pair.cut()
    for site in sites.pair.names:
        sites.pair.wait_until_view(site, {site}, VIEW_TIMEOUT)
    bring_both_online(sites.pair)
    yield sites
    bring_both_online(sites.pair)


@pytest.fixture
def key() -> str:
    """A key that no other test uses."""
    return f"key-{next(_numbers)}"


def bring_both_online(pair: SitePair) -> None:
    for site, other in itertools.permutations(pair.names):
        client = pair.client(site)
        if client.json(BACKUPS) != {other: {"status": "online"}}:
            response = client.post(f"{BACKUPS}/{other}?action=bring-online")
            assert (response.status, response.json()) == (200, dict.fromkeys(CACHES, "ok"))


def wait_until_pushed(sites: Sites, cache: str) -> None:
    deadline = time.monotonic() + 30
    path = f"/rest/v2/caches/{cache}/x-site/backups?action=push-state-status"
    while (status := sites.client.json(path)) != {sites.there: "OK"}:
        assert status in ({sites.there: "SENDING"}, {sites.there: "IDLE"})
        assert time.monotonic() < deadline, f"{cache} is still {status}"
        time.sleep(0.2)


def metric(page: str, name: str, site: str) -> set[float]:
    """The values of a metric for that site, whatever its prefix and other labels are."""
    found = re.findall(rf"^\w*{name}\{{([^}}]*)\}} (\S+)", page, re.MULTILINE)
    return {float(value) for labels, value in found if f'site="{site}"' in labels}
