"""What the tests of the contract share: the pair seen from one of its sites."""

from __future__ import annotations

import itertools
import re
import time
from dataclasses import dataclass

from tests.sites.contract.pair import Client, Pair

CACHES = {"authenticationSessions", "sessions"}
BACKUPS = "/rest/v2/container/x-site/backups"


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
