"""From a cut link to the first write that succeeds again, with everything real but AWS, and looked at from outside."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest

from local.monitoring.monitors import SiteMonitoring
from local.processes import wait_until
from local.sites.real.jars import VERSIONS
from local.stack.whole_way import WholeWay, whole_way

pytestmark = pytest.mark.real

SECONDS = 120
# The rules' `for`, and the time in which an alert would have been sent and acted on.
LONG_ENOUGH_TO_ACT = 25
LONGER_THAN_THE_HOLD_DOWN = 700


@pytest.fixture(scope="module", params=VERSIONS)
def deployed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeWay]:
    version: str = request.param
    with whole_way(version, tmp_path_factory.mktemp(f"whole-way-{version}-") / "run") as way:
        yield way


@pytest.fixture
def way(deployed: WholeWay) -> Iterator[WholeWay]:
    yield deployed
    deployed.reset()


@pytest.fixture
def monitors(way: WholeWay) -> Iterator[dict[str, SiteMonitoring]]:
    with way.monitored() as running:
        yield running


def codes_since(way: WholeWay, known: set[str]) -> Counter[str]:
    return Counter(each["code"] for each in way.stack.executions() if each["name"] not in known)


def is_silent(monitor: SiteMonitoring) -> bool:
    return not monitor.firing()


def names(way: WholeWay) -> set[str]:
    return {each["name"] for each in way.stack.executions()}


@contextmanager
def nothing_changes(way: WholeWay) -> Iterator[None]:
    before = (way.stack.endpoints(), way.stack.record())
    yield
    assert (way.stack.endpoints(), way.stack.record()) == before


def assert_fenced(way: WholeWay, survivor: str) -> None:
    """One site alone is in the accelerator, its Infinispan has dropped the other one, and only it takes writes."""
    fenced = way.pair.other(survivor)
    assert way.stack.endpoints() == [survivor]
    record = way.stack.record()
    assert record is not None
    assert (record["survivor"], record["fenced"], record["phase"]) == (survivor, fenced, "FENCED")
    assert way.pair.backup_status(survivor) == "offline"
    assert way.pair.put(survivor, "after", "fencing") == 204


def test_a_split_with_both_sites_alive_leaves_one_that_takes_writes(
    way: WholeWay, monitors: dict[str, SiteMonitoring]
) -> None:
    known = names(way)
    way.pair.cut()
    for site in way.pair.names:
        way.pair.wait_until_view(site, {site}, SECONDS)
        assert way.pair.put(site, "during", "the split") == 500

    wait_until("one site is fenced", lambda: len(way.stack.endpoints()) == 1, seconds=SECONDS)
    survivor = way.survivor()
    wait_until("the survivor takes writes", lambda: way.pair.accepts_writes(survivor), seconds=SECONDS)
    wait_until("both have reported", lambda: len(names(way) - known) >= 2, seconds=SECONDS)
    way.wait_until_quiet()

    assert_fenced(way, survivor)
    fenced = way.pair.other(survivor)
    assert way.pair.backup_status(fenced) == "online"
    assert way.pair.put(fenced, "after", "fencing") == 500
    assert codes_since(way, known) == {"Fenced": 1, "OtherSiteSurvives": 1}
    for site, monitor in monitors.items():
        assert {labels["reporter"] for labels in monitor.firing()} == {site}


def test_a_dead_site_is_fenced_by_the_other_one(way: WholeWay, monitors: dict[str, SiteMonitoring]) -> None:
    dead, survivor = way.pair.names
    way.pair.sites[dead].kill()
    way.stack.lose(dead)

    wait_until("the survivor takes writes", lambda: way.pair.accepts_writes(survivor), seconds=SECONDS)
    way.wait_until_quiet()

    assert_fenced(way, survivor)


def test_two_alertmanagers_that_both_send_the_same_alert_start_one_execution(way: WholeWay) -> None:
    dead, survivor = way.pair.names
    known = names(way)
    with way.monitored(alertmanagers=2) as monitors:
        way.pair.sites[dead].kill()
        way.stack.lose(dead)
        wait_until("the survivor takes writes", lambda: way.pair.accepts_writes(survivor), seconds=SECONDS)
        wait_until("both have sent", monitors[survivor].have_all_sent, seconds=SECONDS)
        way.wait_until_quiet()

    assert_fenced(way, survivor)
    # A name is made of the alert, and of the number of five-minute spans since it fired.
    executions_of_alerts = Counter(name.rpartition("-")[0] for name in names(way) - known)
    assert set(executions_of_alerts.values()) == {1}


def test_a_flap_fences_nobody(way: WholeWay, monitors: dict[str, SiteMonitoring]) -> None:
    known = names(way)
    with nothing_changes(way):
        for _ in range(2):
            way.pair.cut()
            time.sleep(2)
            way.pair.heal()
            time.sleep(2)
        time.sleep(LONG_ENOUGH_TO_ACT)
        way.wait_until_quiet()

    assert set(codes_since(way, known)) <= {"FalseAlarm"}
    for site in way.pair.names:
        assert way.pair.put(site, "after", "the flap") == 204


def test_a_survivor_that_restarts_during_the_split_is_told_again(
    way: WholeWay, monitors: dict[str, SiteMonitoring]
) -> None:
    way.split(monitors)
    way.wait_until_quiet()
    survivor = way.survivor()
    decided = way.stack.record()

    # At once: Prometheus may not even have seen that the other site was offline.
    way.pair.restart(survivor)
    assert way.pair.backup_status(survivor) == "online"
    assert way.pair.put(survivor, "after", "the restart") == 500

    # Sooner than the next repeat of the alert, after 5 minutes.
    wait_until("the survivor takes writes again", lambda: way.pair.accepts_writes(survivor), seconds=SECONDS)
    way.wait_until_quiet()
    assert_fenced(way, survivor)
    assert decided is not None
    assert (way.stack.record() or {})["generation"] == decided["generation"]


def test_after_a_restore_the_next_incident_is_fenced_anew(way: WholeWay, monitors: dict[str, SiteMonitoring]) -> None:
    way.split(monitors)
    way.wait_until_quiet()
    survivor = way.survivor()
    fenced = way.pair.other(survivor)
    assert way.pair.put(survivor, "kept", "written by the survivor") == 204
    assert way.pair.put(fenced, "stale", "refused, and yet in the local cache") == 500

    way.restore()

    assert way.pair.value(fenced, "kept") == "written by the survivor"
    assert way.pair.value(fenced, "stale") is None
    for site in way.pair.names:
        assert way.pair.put(site, "after", "the restore") == 204
    for monitor in monitors.values():
        wait_until("no alert fires", partial(is_silent, monitor), seconds=SECONDS)
    # A late report of the first incident would otherwise see the second one, and fence for it.
    way.wait_until_quiet()
    way.stack.age_record(LONGER_THAN_THE_HOLD_DOWN)

    way.split(monitors)
    way.wait_until_quiet()

    assert_fenced(way, way.survivor())
    assert (way.stack.record() or {})["generation"] == 2
