"""What the tests of the contract share: the pair seen from one of its sites."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.sites.contract.pair import Client, Pair

CACHES = {"authenticationSessions", "sessions"}
BACKUPS = "/rest/v2/container/x-site/backups"
# Real servers need about five seconds to notice a cut, and seven to see each other again.
VIEW_TIMEOUT = 40.0

_numbers = itertools.count()


@dataclass(frozen=True)
class Sites:
    """The pair, named as in the tests: `here` is the site under test, `there` the other one."""

    pair: Pair
    here: str
    there: str

    @property
    def client(self) -> Client:
        return self.client_of(self.here)

    @property
    def other_client(self) -> Client:
        return self.client_of(self.there)

    @property
    def observer(self) -> Client:
        return Client(self.pair.access[self.here], self.pair.observer)

    @property
    def anonymous(self) -> Client:
        return Client(self.pair.access[self.here], None)

    def client_of(self, site: str) -> Client:
        return Client(self.pair.access[site], self.pair.admin)

    def operation(self, action: str) -> str:
        return f"{BACKUPS}/{self.there}?action={action}"


@pytest.fixture(params=[0, 1], ids=["first-site", "second-site"])
def sites(pair: Pair, request: pytest.FixtureRequest) -> Sites:
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


def bring_both_online(pair: Pair) -> None:
    for site, other in itertools.permutations(pair.names):
        client = Client(pair.access[site], pair.admin)
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
