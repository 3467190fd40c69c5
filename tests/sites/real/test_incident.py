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
from local.stack.incident_rig import IncidentRig, incident_rig

pytestmark = pytest.mark.real

SECONDS = 120
# The rules' `for`, and the time in which an alert would have been sent and acted on.
LONG_ENOUGH_TO_ACT = 25
LONGER_THAN_THE_HOLD_DOWN = 700


@pytest.fixture(scope="module", params=VERSIONS)
def deployed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[IncidentRig]:
    version: str = request.param
    with incident_rig(version, tmp_path_factory.mktemp(f"incident-{version}-") / "run") as rig:
        yield rig


@pytest.fixture
def rig(deployed: IncidentRig) -> Iterator[IncidentRig]:
    yield deployed
    deployed.reset()


@pytest.fixture
def monitors(rig: IncidentRig) -> Iterator[dict[str, SiteMonitoring]]:
    with rig.monitored() as running:
        yield running


def codes_since(rig: IncidentRig, known: set[str]) -> Counter[str]:
    return Counter(each["code"] for each in rig.world.executions() if each["name"] not in known)


def put(rig: IncidentRig, site: str, key: str, text: str) -> int:
    return rig.pair.client(site).put_value("sessions", key, text).status


def is_silent(monitor: SiteMonitoring) -> bool:
    return not monitor.firing()


def names(rig: IncidentRig) -> set[str]:
    return {each["name"] for each in rig.world.executions()}


@contextmanager
def nothing_changes(rig: IncidentRig) -> Iterator[None]:
    before = (rig.world.endpoints(), rig.world.record())
    yield
    assert (rig.world.endpoints(), rig.world.record()) == before


def assert_fenced(rig: IncidentRig, survivor: str) -> None:
    """One site alone is in the accelerator, its Infinispan has dropped the other one, and only it takes writes."""
    fenced = rig.pair.other(survivor)
    assert rig.world.endpoints() == [survivor]
    record = rig.world.record()
    assert record is not None
    assert (record["survivor"], record["fenced"], record["phase"]) == (survivor, fenced, "FENCED")
    assert rig.pair.backup_status(survivor) == "offline"
    assert put(rig, survivor, "after", "fencing") == 204


def test_a_split_with_both_sites_alive_leaves_one_that_takes_writes(
    rig: IncidentRig, monitors: dict[str, SiteMonitoring]
) -> None:
    known = names(rig)
    rig.pair.cut()
    for site in rig.pair.names:
        rig.pair.wait_until_view(site, {site}, SECONDS)
        assert put(rig, site, "during", "the split") == 500

    wait_until("one site is fenced", lambda: len(rig.world.endpoints()) == 1, seconds=SECONDS)
    survivor = rig.survivor()
    wait_until("the survivor takes writes", lambda: rig.pair.accepts_writes(survivor), seconds=SECONDS)
    wait_until("both have reported", lambda: len(names(rig) - known) >= 2, seconds=SECONDS)
    rig.wait_until_quiet()

    assert_fenced(rig, survivor)
    fenced = rig.pair.other(survivor)
    assert rig.pair.backup_status(fenced) == "online"
    assert put(rig, fenced, "after", "fencing") == 500
    assert codes_since(rig, known) == {"Fenced": 1, "OtherSiteSurvives": 1}
    for site, monitor in monitors.items():
        assert {labels["reporter"] for labels in monitor.firing()} == {site}


def test_a_dead_site_is_fenced_by_the_other_one(rig: IncidentRig, monitors: dict[str, SiteMonitoring]) -> None:
    dead, survivor = rig.pair.names
    rig.world.kill(dead)

    wait_until("the survivor takes writes", lambda: rig.pair.accepts_writes(survivor), seconds=SECONDS)
    rig.wait_until_quiet()

    assert_fenced(rig, survivor)


def test_two_alertmanagers_that_both_send_the_same_alert_start_one_execution(rig: IncidentRig) -> None:
    dead, survivor = rig.pair.names
    known = names(rig)
    with rig.monitored(alertmanagers=2) as monitors:
        rig.world.kill(dead)
        wait_until("the survivor takes writes", lambda: rig.pair.accepts_writes(survivor), seconds=SECONDS)
        wait_until("both have sent", monitors[survivor].have_all_sent, seconds=SECONDS)
        rig.wait_until_quiet()

    assert_fenced(rig, survivor)
    # A name is made of the alert, and of the number of five-minute spans since it fired.
    executions_of_alerts = Counter(name.rpartition("-")[0] for name in names(rig) - known)
    assert set(executions_of_alerts.values()) == {1}


def test_a_flap_fences_nobody(rig: IncidentRig, monitors: dict[str, SiteMonitoring]) -> None:
    known = names(rig)
    with nothing_changes(rig):
        for _ in range(2):
            rig.pair.cut()
            time.sleep(2)
            rig.pair.heal()
            time.sleep(2)
        time.sleep(LONG_ENOUGH_TO_ACT)
        rig.wait_until_quiet()

    assert set(codes_since(rig, known)) <= {"FalseAlarm"}
    for site in rig.pair.names:
        assert put(rig, site, "after", "the flap") == 204


def test_a_survivor_that_restarts_during_the_split_is_told_again(
    rig: IncidentRig, monitors: dict[str, SiteMonitoring]
) -> None:
    rig.split(monitors)
    rig.wait_until_quiet()
    survivor = rig.survivor()
    decided = rig.world.record()

    # At once: Prometheus may not even have seen that the other site was offline.
    rig.pair.restart(survivor)
    assert rig.pair.backup_status(survivor) == "online"
    assert put(rig, survivor, "after", "the restart") == 500

    # Sooner than the next repeat of the alert, after 5 minutes.
    wait_until("the survivor takes writes again", lambda: rig.pair.accepts_writes(survivor), seconds=SECONDS)
    rig.wait_until_quiet()
    assert_fenced(rig, survivor)
    assert decided is not None
    assert (rig.world.record() or {})["gen"] == decided["gen"]


def test_after_a_restore_the_next_incident_is_fenced_anew(
    rig: IncidentRig, monitors: dict[str, SiteMonitoring]
) -> None:
    rig.split(monitors)
    rig.wait_until_quiet()
    survivor = rig.survivor()
    fenced = rig.pair.other(survivor)
    assert put(rig, survivor, "kept", "written by the survivor") == 204
    assert put(rig, fenced, "stale", "refused, and yet in the local cache") == 500

    rig.restore()

    assert rig.pair.client(fenced).get_value("sessions", "kept") == "written by the survivor"
    assert rig.pair.client(fenced).get_value("sessions", "stale") is None
    for site in rig.pair.names:
        assert put(rig, site, "after", "the restore") == 204
    for monitor in monitors.values():
        wait_until("no alert fires", partial(is_silent, monitor), seconds=SECONDS)
    # A late report of the first incident would otherwise see the second one, and fence for it.
    rig.wait_until_quiet()
    rig.world.age_record(LONGER_THAN_THE_HOLD_DOWN)

    rig.split(monitors)
    rig.wait_until_quiet()

    assert_fenced(rig, rig.survivor())
    assert (rig.world.record() or {})["gen"] == 2
