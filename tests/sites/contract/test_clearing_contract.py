"""What restoring a site relies on: clearing a stale site's caches. The stand-in and real servers must pass alike."""

from __future__ import annotations

import pytest

from tests.sites.contract.sites import Sites, wait_until_pushed

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("contract")]


def test_clearing_a_cache_clears_it_at_the_other_site_too(joined: Sites, key: str) -> None:
    joined.client.put_value("sessions", key, "alice")

    assert joined.client.post("/rest/v2/caches/sessions?action=clear").status == 204

    assert joined.client.get_value("sessions", key) is None
    assert joined.other_client.get_value("sessions", key) is None


def test_clearing_a_cache_leaves_a_site_alone_that_was_taken_offline(joined: Sites, key: str) -> None:
    joined.client.put_value("sessions", key, "alice")
    joined.client.post(joined.operation("take-offline"))

    assert joined.client.post("/rest/v2/caches/sessions?action=clear").status == 204

    assert joined.client.get_value("sessions", key) is None
    assert joined.other_client.get_value("sessions", key) == "alice"


def test_what_can_not_be_cleared_stays(joined: Sites, key: str) -> None:
    joined.client.put_value("sessions", key, "alice")

    assert joined.client.post("/rest/v2/caches/nope?action=clear").status == 404
    assert joined.client.post("/rest/v2/caches/sessions?action=take-offline").status == 400
    assert joined.anonymous.post("/rest/v2/caches/sessions?action=clear").status == 401
    assert joined.client.get_value("sessions", key) == "alice"


def test_the_status_of_an_ended_push_can_be_cleared(joined: Sites) -> None:
    joined.client.post(joined.operation("start-push-state"))
    wait_until_pushed(joined, "sessions")

    response = joined.client.post("/rest/v2/caches/sessions/x-site/local?action=clear-push-state-status")

    assert (response.status, response.json()) == (200, "ok")
    status = joined.client.json("/rest/v2/caches/sessions/x-site/backups?action=push-state-status")
    assert status == {joined.there: "IDLE"}


def test_clearing_fails_as_a_write_does_and_clears_the_local_cache(split: Sites, key: str) -> None:
    split.client.put_value("sessions", key, "alice")

    response = split.client.post("/rest/v2/caches/sessions?action=clear")

    assert response.status == 500
    assert b"ISPN000400" in response.data or b"failed to backup data" in response.data
    assert split.client.get_value("sessions", key) is None
