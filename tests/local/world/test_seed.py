from __future__ import annotations

import json

import pytest

from local.sites.simulated.pair import SimulatedPair
from local.world import World, WorldPlan
from tests.local.world.helpers import client, endpoints, tags_of

DNS_NAME = "a3da6a6cbd4e27b02.awsglobalaccelerator.com"
TWO_REGIONS = {"sites": {"site-a": {"region": "eu-west-1"}, "site-b": {"region": "eu-central-1"}}}
TWO_ACCELERATORS = {
    "accelerators": [
        {"position": 1, "listeners": [{"port": 443}, {"port": 8443}]},
        {"dns_name": "a2.awsglobalaccelerator.com", "position": 2},
    ],
    "accelerators_in_account": 3,
}


class TestSeed:
    @pytest.fixture
    def plan(self) -> WorldPlan:
        return WorldPlan()

    def test_the_default_world_is_as_the_guide_documents_it(self, world: World) -> None:
        shown = world.show()

        assert shown["endpoints"] == ["site-a", "site-b"]
        assert shown["infinispan"] == {"site-a": {"site-b": "online"}, "site-b": {"site-a": "online"}}
        assert (shown["record"], shown["executions"], shown["link"]) == (None, [], "up")
        assert shown["accelerators"] == [
            {
                "accelerator": DNS_NAME,
                "port": 443,
                "region": "eu-west-1",
                "site": site,
                "health": "HEALTHY",
                "weight": 128,
            }
            for site in ("site-a", "site-b")
        ]
        assert json.loads(json.dumps(shown)) == shown

    def test_the_accelerator_is_on_the_third_page_of_25(self, world: World) -> None:
        pages = list(client("globalaccelerator", "us-west-2").get_paginator("list_accelerators").paginate())

        assert [len(page["Accelerators"]) for page in pages] == [10, 10, 5]
        assert DNS_NAME in [accelerator["DnsName"] for accelerator in pages[2]["Accelerators"]]

    def test_the_load_balancers_are_tagged_with_their_site(self, world: World) -> None:
        assert tags_of("eu-west-1", "site-a") == {"site": "site-a"}
        assert tags_of("eu-west-1", "site-b") == {"site": "site-b"}

    def test_the_parameters_describe_the_world_to_the_stack(self, world: World, sites: SimulatedPair) -> None:
        parameters = world.stack_parameters()

        secret = client("secretsmanager", "us-west-2").get_secret_value(SecretId=parameters["InfinispanSecretArn"])
        assert json.loads(secret["SecretString"]) == {"username": sites.admin.name, "password": sites.admin.password}
        assert (parameters["SiteA"], parameters["SiteB"]) == ("site-a", "site-b")
        assert parameters["SiteBInfinispanUrl"] == sites.sites["site-b"].url
        assert parameters["InfinispanCaCertificate"] == sites.authority.pem
        assert parameters["AcceleratorDnsNames"] == DNS_NAME


class TestOtherPlans:
    @pytest.fixture
    def plan(self, request: pytest.FixtureRequest) -> WorldPlan:
        return WorldPlan.from_mapping(request.param)

    @pytest.mark.parametrize("plan", [TWO_REGIONS], indirect=True)
    def test_two_regions_have_a_group_with_one_endpoint_each(self, world: World) -> None:
        assert endpoints(world) == [
            (443, "eu-west-1", "site-a", "HEALTHY"),
            (443, "eu-central-1", "site-b", "HEALTHY"),
        ]
        assert tags_of("eu-central-1", "site-b") == {"site": "site-b"}

    @pytest.mark.parametrize("plan", [TWO_ACCELERATORS], indirect=True)
    def test_two_accelerators_share_the_load_balancers(self, world: World) -> None:
        world.take_out("site-b")
        world.health("site-a", "UNHEALTHY")

        assert endpoints(world) == [
            (443, "eu-west-1", "site-a", "UNHEALTHY"),
            (8443, "eu-west-1", "site-a", "UNHEALTHY"),
            (443, "eu-west-1", "site-a", "UNHEALTHY"),
        ]
        assert world.show()["endpoints"] == ["site-a"]
        assert world.stack_parameters()["AcceleratorDnsNames"] == f"{DNS_NAME},a2.awsglobalaccelerator.com"

        world.restore("site-b")
        assert len(endpoints(world)) == 6

    @pytest.mark.parametrize(
        "plan", [{"sites": {"site-a": {}, "site-b": {"tags": {"site": "elsewhere"}}}}], indirect=True
    )
    def test_a_load_balancer_can_be_tagged_wrongly(self, world: World) -> None:
        assert tags_of("eu-west-1", "site-b") == {"site": "elsewhere"}
        assert world.show()["endpoints"] == ["site-a", "site-b"]

    def test_sites_that_are_not_those_of_the_plan_are_refused(self, sites: SimulatedPair) -> None:
        plan = WorldPlan.from_mapping({"sites": {"north": {}, "south": {}}})

        with pytest.raises(ValueError, match="north"):
            World(client, sites, plan)
