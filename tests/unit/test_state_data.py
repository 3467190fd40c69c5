"""What travels between the steps: read back as it was written, and refused by name when it doesn't fit."""

from __future__ import annotations

import copy
from typing import Any

import jmespath
import pytest

from fencing.alert import Alert
from fencing.decisions.evidence import Evidence
from fencing.errors import InvalidInput, SitesNotIdentified
from fencing.fence import Fence
from fencing.fields import choice, pick
from fencing.topology import Topology
from tests.unit.builders import ONLY_A, SITES, alert, endpoint, fence_for, load_balancer, record, snapshot, topology

STATE = {
    "execution": "site-a-site-b-0123456789abcdef-0",
    "alert": alert().to_state(),
    "topology": topology().to_state(),
    "fence": Fence.of(record()).to_state(),
    "evidence": "Gone",
}


def test_everything_is_read_back_as_it_was_written() -> None:
    assert Alert.from_state(STATE) == alert()
    assert Topology.from_state(STATE) == topology()
    assert Fence.from_state(STATE) == fence_for()
    assert choice(STATE, "evidence", Evidence) is Evidence.GONE


def test_an_execution_that_began_before_an_upgrade_has_the_generation_under_its_old_name() -> None:
    old = {"fence": {"gen": 3, "survivor": "site-b", "fenced": "site-a"}}
    assert Fence.from_state(old) == fence_for("site-b", generation=3)
    with pytest.raises(InvalidInput, match=r"'fence\.gen' should be an integer, but is a string"):
        Fence.from_state({"fence": old["fence"] | {"gen": "3"}})


def changed(path: str, value: Any) -> dict[str, Any]:
    state: dict[str, Any] = copy.deepcopy(STATE)
    *parents, last = path.split(".")
    target = jmespath.search(".".join(parents), state) if parents else state
    if value is None:
        del target[last]
    else:
        target[last] = value
    return state


@pytest.mark.parametrize(
    ("reader", "path", "value"),
    [
        (Alert, "alert", None),
        (Alert, "alert", "site-a"),
        (Alert, "alert.accelerator", None),
        (Alert, "alert.accelerator", 7),
        (Alert, "alert.accelerator", "example.com"),
        (Alert, "alert.reporter", None),
        (Alert, "alert.reporter", "../x"),
        (Alert, "alert.site", ["site-b"]),
        (Alert, "alert.starts_at", None),
        (Alert, "alert.fingerprint", None),
        (Topology, "topology", None),
        (Topology, "topology", []),
        (Topology, "topology.accelerators", None),
        (Topology, "topology.accelerators", ["arn"]),
        (Topology, "topology.accelerators", [{"arn": "a"}]),
        (Topology, "topology.accelerators", [{"arn": "a", "dns_names": []}]),
        (Topology, "topology.accelerators", [{"arn": "a", "dns_names": [1]}]),
        (Topology, "topology.sites", None),
        (Topology, "topology.sites", {"nlb": 1}),
        (Fence, "fence", None),
        (Fence, "fence", []),
        (Fence, "fence.generation", None),
        (Fence, "fence.generation", "1"),
        (Fence, "fence.generation", True),
        (Fence, "fence.generation", 1.5),
        (Fence, "fence.survivor", None),
        (Fence, "fence.fenced", 2),
    ],
)
def test_state_data_that_does_not_fit_is_refused_by_name(reader: Any, path: str, value: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        reader.from_state(changed(path, value))
    assert any(part in str(caught.value) for part in path.split("."))


@pytest.mark.parametrize("value", ["gone", "", 5, None])
def test_a_choice_is_one_of_the_members(value: Any) -> None:
    with pytest.raises(InvalidInput, match="evidence"):
        choice(changed("evidence", value), "evidence", Evidence)


@pytest.mark.parametrize("document", [None, [], "text", 5, True])
def test_a_field_of_anything_else_than_an_object_is_missing(document: Any) -> None:
    with pytest.raises(InvalidInput, match=r"'alert.site' should be a string, but is missing."):
        pick(document, "alert.site", str)


def test_an_alert_about_oneself_is_none() -> None:
    with pytest.raises(InvalidInput, match="site-a reports itself"):
        alert("site-a", "site-a")


def test_a_fence_stands_only_in_a_record_of_the_same_decision() -> None:
    fence = fence_for()
    assert fence.stands_in(record())
    assert not fence.stands_in(None)
    assert not fence.stands_in(record(generation=2))
    assert not fence.stands_in(record("site-b"))


def test_a_snapshot_knows_the_worst_health_and_the_listeners_that_lack_a_site() -> None:
    seen = snapshot({"site-a": "HEALTHY"}, {"site-a": "INITIAL", "site-b": "UNHEALTHY"}, {})
    assert (seen.health("site-a"), seen.health("site-b"), ONLY_A.health("site-b")) == ("INITIAL", "UNHEALTHY", None)
    assert seen.any_healthy("site-a")
    assert not seen.any_healthy("site-b")
    assert seen.listeners_without("site-b") == (seen.groups[0].listener_arn,)
    assert seen.listeners_without("site-a") == ()


def test_an_endpoint_nobody_knows_is_nobodys() -> None:
    seen = snapshot({"site-a": "HEALTHY"}, site_of=["site-b"])
    with pytest.raises(SitesNotIdentified, match=load_balancer("site-a")):
        seen.site(endpoint("site-a"))


def test_names_in_sentences() -> None:
    assert str(topology("a1.awsglobalaccelerator.com", "a2.awsglobalaccelerator.com")) == (
        "a1.awsglobalaccelerator.com and a2.awsglobalaccelerator.com"
    )
    assert str(record()) == "generation 1 (site-a survives, decided 2026-11-22 17:40:00 UTC)"
    assert str(SITES) == "site-a and site-b"
