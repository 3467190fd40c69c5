from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from local.world import ListenerPlan, SitePlan, WorldPlan


def test_the_default_world_is_one_listener_with_one_group_and_an_accelerator_on_page_3() -> None:
    plan = WorldPlan()

    (accelerator,) = plan.accelerators
    assert accelerator.dns_name == "a3da6a6cbd4e27b02.awsglobalaccelerator.com"
    assert 20 < accelerator.position <= plan.accelerators_in_account == 25
    (listener,) = accelerator.listeners
    assert listener.port == 443
    assert plan.groups_of(listener) == {"eu-west-1": plan.sites}


def test_nothing_said_is_the_default_world() -> None:
    assert WorldPlan.from_mapping(None) == WorldPlan.from_mapping({}) == WorldPlan()


def test_sites_in_two_regions_make_a_group_in_each(tmp_path: Path) -> None:
    path = tmp_path / "world.yaml"
    path.write_text("sites: {site-a: {region: eu-west-1}, site-b: {region: eu-central-1, tags: {}}}\n")

    plan = WorldPlan.from_yaml(path)

    first, second = plan.sites
    assert plan.groups_of(plan.accelerators[0].listeners[0]) == {"eu-west-1": (first,), "eu-central-1": (second,)}
    assert first.load_balancer_tags == {"site": "site-a"}
    assert second == SitePlan("site-b", "eu-central-1", tags={})
    assert second.load_balancer_tags == {}


def test_several_accelerators_and_listeners() -> None:
    plan = WorldPlan.from_mapping(
        {
            "accelerators": [
                {"position": 1, "listeners": [{"port": 443}, {"port": 8443, "sites": ["site-b"]}]},
                {"dns_name": "a2.awsglobalaccelerator.com", "position": 2},
            ],
            "accelerators_in_account": 2,
            "caches": ["sessions"],
        }
    )

    assert [accelerator.position for accelerator in plan.accelerators] == [1, 2]
    assert plan.accelerators[0].listeners == (
        ListenerPlan(443, ("site-a", "site-b")),
        ListenerPlan(8443, ("site-b",)),
    )
    assert plan.accelerators[1].listeners == (ListenerPlan(443, ("site-a", "site-b")),)
    assert plan.caches == ("sessions",)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"site": {}}, r"WorldPlan has no \['site'\]"),
        ({"sites": {"site-a": {}}}, "A world has two sites, not 1"),
        ({"sites": {"site-a": {"zone": 1}, "site-b": {}}}, r"SitePlan has no \['zone'\]"),
        ({"accelerators": []}, "There must be accelerators"),
        ({"accelerators": [{"position": 26}]}, r"not within 1 to 25"),
        ({"accelerators": [{}, {}]}, "same position"),
        ({"accelerators": [{}, {"position": 1}]}, "DNS names must differ"),
        ({"accelerators": [{"listeners": [{"sites": ["site-c"]}]}]}, r"unknown sites: \['site-c'\]"),
        ({"accelerators": [{"listeners": [{"prot": 443}]}]}, r"ListenerPlan has no \['prot'\]"),
    ],
)
def test_a_plan_that_does_not_fit_is_refused_with_a_reason(data: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        WorldPlan.from_mapping(data)


def test_two_sites_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="Both sites are called 'site-a'"):
        WorldPlan(sites=(SitePlan("site-a"), SitePlan("site-a")))
