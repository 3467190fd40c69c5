"""What only the stand-in has: its switches. How it behaves like Infinispan is the contract test's."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import urllib3
from urllib3.util import Timeout

from local.sites.client import BACKUPS
from local.sites.simulated.infinispan import SimulatedInfinispan
from local.sites.simulated.pair import SimulatedPair


@pytest.fixture
def pair() -> Iterator[SimulatedPair]:
    with SimulatedPair() as pair:
        yield pair


@pytest.fixture
def site(pair: SimulatedPair) -> SimulatedInfinispan:
    return pair.sites["site-a"]


def request(
    pair: SimulatedPair,
    site: SimulatedInfinispan,
    method: str,
    path: str,
    *,
    timeout: float = 5.0,
    body: bytes | None = None,
) -> urllib3.BaseHTTPResponse:
    return pair.client(site.name, timeout=Timeout(timeout)).request(method, path, body=body)


def status(pair: SimulatedPair, site: SimulatedInfinispan) -> Any:
    return request(pair, site, "GET", f"{BACKUPS}/{site.peer}").json()


def take_offline(pair: SimulatedPair, site: SimulatedInfinispan) -> Any:
    return request(pair, site, "POST", f"{BACKUPS}/{site.peer}?action=take-offline").json()


def test_a_cache_that_refuses_says_so_with_200_and_stays_online(pair: SimulatedPair, site: SimulatedInfinispan) -> None:
    site.refuse_cache("sessions", "ISPN000287: Unauthorized access")

    assert take_offline(pair, site) == {
        "authenticationSessions": "ok",
        "sessions": "Exception on sessions : ISPN000287: Unauthorized access",
    }
    assert status(pair, site) == {
        "status": "mixed",
        "online": ["sessions"],
        "offline": ["authenticationSessions"],
        "mixed": [],
    }

    site.refuse_cache("sessions", None)

    assert take_offline(pair, site) == {"authenticationSessions": "ok", "sessions": "ok"}
    assert status(pair, site) == {"status": "offline"}


def test_a_cache_that_refuses_at_cache_level_is_a_server_error(pair: SimulatedPair, site: SimulatedInfinispan) -> None:
    site.refuse_cache("sessions", "no")

    response = request(pair, site, "POST", "/rest/v2/caches/sessions/x-site/backups/site-b?action=take-offline")

    assert response.status == 500
    assert response.data.startswith(b"ISPN012047: Site operation on 'site-b' failed")


def test_a_cache_that_does_not_exist_can_not_refuse(site: SimulatedInfinispan) -> None:
    with pytest.raises(KeyError, match="nope"):
        site.refuse_cache("nope", "no")


def test_a_node_that_is_no_relay_node_knows_no_sites(pair: SimulatedPair, site: SimulatedInfinispan) -> None:
    site.be_relay_node(is_relay=False)

    container = request(pair, site, "GET", "/rest/v2/container").json()
    page = request(pair, site, "GET", "/metrics").data.decode()

    assert (container["relay_node"], container["sites_view"], container["local_site"]) == (False, [], "site-a")
    assert 'jgroups_site_view_status{cache_manager="default",node="site-a-0",site="site-b"} 2.0' in page


def test_a_silent_server_accepts_and_answers_nothing(pair: SimulatedPair, site: SimulatedInfinispan) -> None:
    site.fall_silent()

    with pytest.raises(urllib3.exceptions.ReadTimeoutError):
        request(pair, site, "GET", BACKUPS, timeout=0.3)

    site.answer_again()
    assert status(pair, site) == {"status": "online"}


def test_a_silent_server_can_be_stopped_while_somebody_waits(pair: SimulatedPair, site: SimulatedInfinispan) -> None:
    site.fall_silent()

    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(request, pair, site, "GET", BACKUPS)
        with pytest.raises(TimeoutError):
            waiting.result(timeout=0.3)
        site.stop()
        error = waiting.exception(timeout=2.0)

    assert isinstance(error, urllib3.exceptions.HTTPError)


def test_a_client_that_says_nothing_does_not_keep_others_waiting(
    pair: SimulatedPair, site: SimulatedInfinispan
) -> None:
    port = urllib3.util.parse_url(site.url).port

    with urllib3.util.connection.create_connection(("127.0.0.1", port or 0), timeout=5):
        assert status(pair, site) == {"status": "online"}


def test_a_stopped_server_refuses_connections_and_its_peer_notices(
    pair: SimulatedPair, site: SimulatedInfinispan
) -> None:
    site.stop()

    with pytest.raises(urllib3.exceptions.NewConnectionError):
        request(pair, site, "GET", BACKUPS)
    peer = pair.sites["site-b"]
    assert request(pair, peer, "GET", "/rest/v2/container").json()["sites_view"] == ["site-b"]
    assert request(pair, peer, "PUT", "/rest/v2/caches/sessions/k", body=b"v").status == 500


def test_a_restart_keeps_the_url_and_forgets_values_and_offline(pair: SimulatedPair, site: SimulatedInfinispan) -> None:
    url = site.url
    take_offline(pair, site)
    assert request(pair, site, "PUT", "/rest/v2/caches/sessions/k", body=b"v").status == 204

    site.restart()

    assert site.url == url
    assert status(pair, site) == {"status": "online"}
    assert request(pair, site, "GET", "/rest/v2/caches/sessions/k").status == 404


def test_the_operations_are_listed_over_a_restart_and_reads_are_not(
    pair: SimulatedPair, site: SimulatedInfinispan
) -> None:
    take_offline(pair, site)
    status(pair, site)
    site.restart()
    request(pair, site, "POST", "/rest/v2/caches/sessions/x-site/backups/nope?action=bring-online")

    told = [(done.name, done.site, done.cache, done.status) for done in site.operations]
    assert told == [("take-offline", "site-b", None, 200), ("bring-online", "nope", "sessions", 404)]
    assert pair.sites["site-b"].operations == ()


def test_a_reset_undoes_every_switch(pair: SimulatedPair, site: SimulatedInfinispan) -> None:
    site.refuse_cache("sessions", "no")
    site.be_relay_node(is_relay=False)
    take_offline(pair, site)
    site.fall_silent()

    site.reset()

    assert site.operations == ()
    assert status(pair, site) == {"status": "online"}
    assert request(pair, site, "GET", "/rest/v2/container").json()["sites_view"] == ["site-a", "site-b"]
    assert take_offline(pair, site) == {"authenticationSessions": "ok", "sessions": "ok"}


def test_writes_on_both_sites_at_once_reach_both(pair: SimulatedPair) -> None:
    sites = list(pair.sites.values())

    def write(number: int) -> int:
        path = f"/rest/v2/caches/sessions/key-{number}"
        return request(pair, sites[number % 2], "PUT", path, body=str(number).encode()).status

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(write, range(40))) == {204}

    for site in sites:
        values = [request(pair, site, "GET", f"/rest/v2/caches/sessions/key-{n}").data for n in range(40)]
        assert values == [str(n).encode() for n in range(40)]


def test_two_sites_need_two_names() -> None:
    with pytest.raises(ValueError, match="two names"):
        SimulatedPair(("site-a", "site-a"))
