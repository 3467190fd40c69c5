"""From the alert's DNS name to every endpoint of the stack's accelerators, and whose site it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

import boto3
import pytest

from fencing.adapters.global_accelerator import GlobalAccelerator
from fencing.adapters.load_balancer_tags import LoadBalancerTags
from fencing.alert import Alert
from fencing.errors import AcceleratorNotFound, InvalidInput, LoadBalancerTagsUnavailable, SitesNotIdentified
from fencing.steps.resolve_accelerator import ResolveAccelerator, Resolved
from local.aws import globalaccelerator
from tests.unit.aws_resources import edge
from tests.unit.builders import DNS_NAME, SITES, alert

SECOND_NAME = "a1111111111111111.awsglobalaccelerator.com"
TWO_REGIONS = {"sites": {"site-a": {"region": "eu-west-1"}, "site-b": {"region": "eu-central-1"}}}

pytestmark = pytest.mark.usefixtures("aws")


def resolve(
    about: Alert | None = None,
    *,
    dns_names: tuple[str, ...] = (DNS_NAME,),
    arns: tuple[str, ...] = (),
    load_balancers: Mapping[str, str] | None = None,
    tags: LoadBalancerTags | None = None,
) -> Resolved:
    step = ResolveAccelerator(
        GlobalAccelerator(), tags or LoadBalancerTags(), SITES, arns, dns_names, load_balancers or {}
    )
    return step(about or alert())


def test_both_sites_are_told_apart_by_their_tags() -> None:
    edge()
    found = resolve()
    assert str(found.topology) == DNS_NAME
    assert sorted(found.topology.site_of.values()) == ["site-a", "site-b"]


def test_all_accelerators_of_the_stack_are_resolved_whichever_the_alert_names() -> None:
    edge(accelerators_in_account=2, accelerators=[{"position": 1}, {"position": 2, "dns_name": SECOND_NAME}])
    for name in (DNS_NAME, SECOND_NAME):
        found = resolve(alert(accelerator=name), dns_names=(DNS_NAME, SECOND_NAME))
        assert str(found.topology) == f"{DNS_NAME} and {SECOND_NAME}"


def test_accelerators_given_by_arn_are_found_too() -> None:
    edge()
    arn = boto3.client("globalaccelerator").list_accelerators()["Accelerators"][0]["AcceleratorArn"]
    assert resolve(arns=(arn,), dns_names=()) == resolve()


def test_an_accelerator_of_somebody_else_is_not_acted_on() -> None:
    edge(accelerators_in_account=2, accelerators=[{"position": 1}, {"position": 2, "dns_name": SECOND_NAME}])
    with pytest.raises(AcceleratorNotFound, match=f"The accelerator {SECOND_NAME} is not one of this stack's."):
        resolve(alert(accelerator=SECOND_NAME))


@pytest.mark.parametrize("changes", [{"reporter": "site-c"}, {"offline_site": "site-c"}])
def test_sites_that_are_not_the_stacks_are_not_acted_on(changes: dict[str, str]) -> None:
    edge()
    with pytest.raises(InvalidInput, match="The sites of this stack are site-a and site-b"):
        resolve(alert(**changes))


def test_a_lost_region_is_the_offline_sites() -> None:
    edge(**TWO_REGIONS).lose_region("site-b")
    found = resolve()
    assert sorted(found.topology.site_of.values()) == ["site-a", "site-b"]
    assert "by elimination it is site-b's" in found.reason


def test_a_load_balancer_that_is_gone_is_the_offline_sites() -> None:
    edge().delete_load_balancer("site-b")
    assert sorted(resolve().topology.site_of.values()) == ["site-a", "site-b"]


def test_the_reporters_own_region_is_never_eliminated() -> None:
    edge(**TWO_REGIONS).lose_region("site-a")
    with pytest.raises(LoadBalancerTagsUnavailable):
        resolve()


@pytest.mark.parametrize("tags", [{}, {"site": "site-z"}])
def test_a_missing_or_surprising_tag_stops_everything(tags: dict[str, str]) -> None:
    layout: dict[str, Any] = {"sites": {"site-a": {}, "site-b": {"tags": tags or {"team": "iam"}}}}
    edge(**layout)
    with pytest.raises(SitesNotIdentified):
        resolve()


def no_client_in(region: str) -> NoReturn:
    raise AssertionError(f"The tags of load balancers in {region} were asked for.")


def test_given_load_balancers_are_identified_without_reading_any_tag() -> None:
    edge(sites={"site-a": {}, "site-b": {"tags": {"site": "site-a"}}})
    by_name = {name: found for found in listed_endpoints() for name in ("site-a", "site-b") if name in found}
    given = {arn: site for site, arn in by_name.items()}
    found = resolve(load_balancers=given, tags=LoadBalancerTags(no_client_in))
    assert found.topology.site_of == given
    assert found.reason == "Every endpoint was identified by the parameters of the stack."


def test_an_endpoint_that_is_given_for_neither_site_stops_everything() -> None:
    edge()
    first, second = listed_endpoints()
    with pytest.raises(SitesNotIdentified, match=f"nor SiteBLoadBalancerArns gives the endpoint {second}"):
        resolve(load_balancers={first: "site-a"}, tags=LoadBalancerTags(no_client_in))


def listed_endpoints() -> list[str]:
    groups = globalaccelerator.backend().endpoint_groups.values()
    return [endpoint.endpoint_id for group in groups for endpoint in group.endpoints]


def test_what_was_found_survives_as_state_data() -> None:
    edge()
    topology = resolve().topology
    assert type(topology).from_state({"topology": topology.to_state()}) == topology
