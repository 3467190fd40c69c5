"""What fencing relies on in Infinispan. The stand-in and real servers must pass alike.

The tests share one running pair. Each asks for the pair in a state (`joined` or `split`) and finds every backup online.
"""

from __future__ import annotations

import pytest

from local.sites.accounts import User
from local.sites.client import BACKUPS
from tests.sites.contract.sites import CACHES, VIEW_TIMEOUT, Sites, metric, wait_until_pushed

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("contract")]


class TestJoined:
    def test_the_container_tells_its_own_site_and_which_sites_it_sees(self, joined: Sites) -> None:
        container = joined.client.json("/rest/v2/container")

        assert container["local_site"] == joined.here
        assert set(container["sites_view"]) == {joined.here, joined.there}
        assert container["relay_node"] is True

    def test_an_observer_may_read_the_container(self, joined: Sites) -> None:
        container = joined.observer.json("/rest/v2/container")

        assert container["local_site"] == joined.here

    def test_the_backup_is_online(self, joined: Sites) -> None:
        assert joined.client.json(BACKUPS) == {joined.there: {"status": "online"}}
        assert joined.client.json(f"{BACKUPS}/{joined.there}") == {"status": "online"}

    def test_a_trailing_slash_makes_no_difference(self, joined: Sites) -> None:
        assert joined.client.json(f"{BACKUPS}/") == joined.client.json(BACKUPS)

    def test_every_cache_tells_the_status_of_its_own_backup(self, joined: Sites) -> None:
        for cache in CACHES:
            path = f"/rest/v2/caches/{cache}/x-site/backups"
            assert joined.client.json(path) == {joined.there: {"status": "online"}}
            assert set(joined.client.json(f"{path}/{joined.there}").values()) == {"online"}

    def test_the_status_of_an_unknown_site_is_not_found(self, joined: Sites) -> None:
        assert joined.client.get(f"{BACKUPS}/nope").status == 404

    def test_an_unknown_cache_is_not_found(self, joined: Sites) -> None:
        assert joined.client.get("/rest/v2/caches/nope/x-site/backups").status == 404
        assert (
            joined.client.post(f"/rest/v2/caches/nope/x-site/backups/{joined.there}?action=take-offline").status == 404
        )

    @pytest.mark.parametrize("action", ["take-offline", "bring-online"])
    def test_an_operation_on_an_unknown_site_is_answered_with_200_and_a_text_per_cache(
        self, joined: Sites, action: str
    ) -> None:
        response = joined.client.post(f"{BACKUPS}/nope?action={action}")

        assert response.status == 200
        assert response.json() == dict.fromkeys(CACHES, "Incorrect site name: nope")

    def test_a_site_can_not_take_itself_offline(self, joined: Sites) -> None:
        response = joined.client.post(f"{BACKUPS}/{joined.here}?action=take-offline")

        assert response.status == 200
        assert response.json() == dict.fromkeys(CACHES, f"Incorrect site name: {joined.here}")

    @pytest.mark.parametrize("query", ["", "?action=", "?action=nope"])
    def test_an_operation_without_a_known_action_is_a_bad_request(self, joined: Sites, query: str) -> None:
        assert joined.client.post(f"{BACKUPS}/{joined.there}{query}").status == 400
        assert joined.client.json(f"{BACKUPS}/{joined.there}") == {"status": "online"}

    def test_a_method_that_the_resource_lacks_is_not_allowed(self, joined: Sites) -> None:
        assert joined.client.request("PUT", f"{BACKUPS}/{joined.there}?action=take-offline").status == 405

    def test_a_path_that_does_not_exist_is_not_found(self, joined: Sites) -> None:
        assert joined.client.get("/rest/v2/nope").status == 404

    @pytest.mark.parametrize("path", ["/rest/v2/container", BACKUPS, "/metrics"])
    def test_a_wrong_password_is_challenged(self, joined: Sites, path: str) -> None:
        wrong = User(joined.pair.admin.name, "not the password", "admin")

        response = joined.pair.client(joined.here, wrong).get(path)

        assert response.status == 401
        assert "basic" in response.headers["WWW-Authenticate"].lower()

    def test_no_credentials_are_challenged(self, joined: Sites) -> None:
        response = joined.anonymous.post(joined.operation("take-offline"))

        assert response.status == 401
        assert "basic" in response.headers["WWW-Authenticate"].lower()
        assert joined.client.json(f"{BACKUPS}/{joined.there}") == {"status": "online"}

    def test_the_health_is_told_without_credentials(self, joined: Sites) -> None:
        response = joined.anonymous.get("/rest/v2/container/health/status")

        assert (response.status, response.data) == (200, b"HEALTHY")

    def test_an_observer_may_neither_see_nor_change_the_backups(self, joined: Sites) -> None:
        seen = joined.observer.get(BACKUPS)
        changed = joined.observer.post(joined.operation("take-offline"))

        assert (seen.status, changed.status) == (403, 403)
        assert b"ISPN000287" in seen.data
        assert b"ISPN000287" in changed.data
        assert joined.client.json(f"{BACKUPS}/{joined.there}") == {"status": "online"}

    def test_a_write_arrives_at_the_other_site(self, joined: Sites, key: str) -> None:
        assert joined.client.put_value("sessions", key, "alice").status == 204

        assert joined.client.get_value("sessions", key) == "alice"
        assert joined.other_client.get_value("sessions", key) == "alice"

    def test_what_was_never_written_is_not_found(self, joined: Sites, key: str) -> None:
        assert joined.client.get_value("sessions", key) is None

    def test_a_write_does_not_arrive_while_the_other_site_is_taken_offline(self, joined: Sites, key: str) -> None:
        joined.client.post(joined.operation("take-offline"))

        assert joined.client.put_value("sessions", key, "alice").status == 204
        assert joined.other_client.get_value("sessions", key) is None

    def test_the_other_direction_goes_on_when_a_site_is_taken_offline(self, joined: Sites, key: str) -> None:
        joined.client.post(joined.operation("take-offline"))

        assert joined.other_client.json(BACKUPS) == {joined.here: {"status": "online"}}
        assert joined.other_client.put_value("sessions", key, "bob").status == 204
        assert joined.client.get_value("sessions", key) == "bob"

    def test_one_cache_alone_can_be_taken_offline(self, joined: Sites) -> None:
        response = joined.client.post(f"/rest/v2/caches/sessions/x-site/backups/{joined.there}?action=take-offline")

        assert response.status == 200
        status = joined.client.json(f"{BACKUPS}/{joined.there}")
        assert status["status"] == "mixed"
        assert status["offline"] == ["sessions"]
        assert status["online"] == ["authenticationSessions"]

    def test_the_metric_of_the_view_is_one(self, joined: Sites) -> None:
        page = joined.client.get("/metrics").data.decode()

        assert metric(page, "jgroups_site_view_status", joined.there) == {1.0}

    def test_a_metric_shows_the_status_of_the_backups(self, joined: Sites) -> None:
        before = joined.client.get("/metrics").data.decode()
        joined.client.post(joined.operation("take-offline"))
        after = joined.client.get("/metrics").data.decode()

        assert metric(before, "x_site_admin_status", joined.there) == {1.0}
        assert metric(after, "x_site_admin_status", joined.there) == {0.0}


class TestSplit:
    def test_both_sites_see_only_themselves(self, split: Sites) -> None:
        assert split.client.json("/rest/v2/container")["sites_view"] == [split.here]
        assert split.other_client.json("/rest/v2/container")["sites_view"] == [split.there]

    def test_the_metric_of_the_view_is_zero(self, split: Sites) -> None:
        page = split.client.get("/metrics").data.decode()

        assert metric(page, "jgroups_site_view_status", split.there) == {0.0}

    def test_the_backup_status_tells_nothing_about_the_link(self, split: Sites) -> None:
        assert split.client.json(BACKUPS) == {split.there: {"status": "online"}}

    def test_every_write_fails_and_stays_in_the_local_cache(self, split: Sites, key: str) -> None:
        response = split.client.put_value("sessions", key, "alice")

        assert response.status == 500
        assert b"ISPN000400" in response.data or b"failed to backup data" in response.data
        assert split.client.get_value("sessions", key) == "alice"

    def test_taking_the_other_site_offline_lets_writes_through(self, split: Sites, key: str) -> None:
        response = split.client.post(split.operation("take-offline"))

        assert (response.status, response.json()) == (200, dict.fromkeys(CACHES, "ok"))
        assert split.client.json(BACKUPS) == {split.there: {"status": "offline"}}
        assert split.client.json(f"{BACKUPS}/{split.there}") == {"status": "offline"}
        assert split.client.put_value("sessions", key, "alice").status == 204

    def test_taking_it_offline_again_is_ok(self, split: Sites) -> None:
        split.client.post(split.operation("take-offline"))
        response = split.client.post(split.operation("take-offline"))

        assert (response.status, response.json()) == (200, dict.fromkeys(CACHES, "ok"))
        assert split.client.json(BACKUPS) == {split.there: {"status": "offline"}}

    def test_the_other_site_is_told_nothing(self, split: Sites, key: str) -> None:
        split.client.post(split.operation("take-offline"))

        assert split.other_client.json(BACKUPS) == {split.here: {"status": "online"}}
        assert split.other_client.put_value("sessions", key, "bob").status == 500

    def test_bringing_it_online_needs_no_link_and_makes_writes_fail_again(self, split: Sites, key: str) -> None:
        split.client.post(split.operation("take-offline"))
        response = split.client.post(split.operation("bring-online"))

        assert (response.status, response.json()) == (200, dict.fromkeys(CACHES, "ok"))
        assert split.client.put_value("sessions", key, "alice").status == 500

    def test_a_push_over_a_cut_link_fails_and_leaves_the_site_online(self, split: Sites) -> None:
        split.client.post(split.operation("take-offline"))
        response = split.client.post(split.operation("start-push-state"))

        assert response.status == 200
        assert set(response.json()) == CACHES
        for text in response.json().values():
            assert text.startswith(f"Unable to pushState to '{split.there}'.")
        assert split.client.json(BACKUPS) == {split.there: {"status": "online"}}


class TestHealed:
    def test_a_site_taken_offline_stays_so_until_it_is_brought_back_and_pushed_to(self, split: Sites, key: str) -> None:
        split.client.post(split.operation("take-offline"))
        assert split.client.put_value("sessions", key, "alice").status == 204

        split.pair.heal()
        split.pair.wait_until_view(split.here, split.pair.names, VIEW_TIMEOUT)
        split.pair.wait_until_view(split.there, split.pair.names, VIEW_TIMEOUT)

        assert split.client.json(BACKUPS) == {split.there: {"status": "offline"}}
        assert split.other_client.get_value("sessions", key) is None

        for action in ("bring-online", "start-push-state"):
            response = split.client.post(split.operation(action))
            assert (response.status, response.json()) == (200, dict.fromkeys(CACHES, "ok"))
        for cache in CACHES:
            wait_until_pushed(split, cache)

        assert split.client.json(BACKUPS) == {split.there: {"status": "online"}}
        assert split.other_client.get_value("sessions", key) == "alice"


class TestRestarted:
    def test_a_survivor_that_restarts_has_forgotten_that_the_other_site_is_offline(
        self, split: Sites, key: str
    ) -> None:
        split.client.post(split.operation("take-offline"))

        split.pair.restart(split.here)
        split.pair.wait_until_view(split.here, {split.here}, VIEW_TIMEOUT)

        assert split.client.json(BACKUPS) == {split.there: {"status": "online"}}
        assert split.client.put_value("sessions", key, "alice").status == 500
