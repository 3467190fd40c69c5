"""What stands between the users and the sites: the accelerators and the Network Load Balancers behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from local.aws import globalaccelerator, load_balancers
from local.world.plan import AcceleratorPlan, SitePlan, WorldPlan

if TYPE_CHECKING:
    from mypy_boto3_elbv2 import ElasticLoadBalancingv2Client
    from mypy_boto3_globalaccelerator import GlobalAcceleratorClient
    from mypy_boto3_globalaccelerator.type_defs import EndpointConfigurationTypeDef

    from local.aws.globalaccelerator import HealthState

# Global Accelerator's API exists in this region only.
GLOBAL_ACCELERATOR_REGION = "us-west-2"

# A boto3 client for a service in a region. boto3 has no common type for them.
Clients = Callable[[str, str], Any]


class Edge:
    """The AWS resources in front of the sites, made from a plan through boto3 clients."""

    def __init__(self, clients: Clients, plan: WorldPlan) -> None:
        self._clients = clients
        self._plan = plan
        self._load_balancers: dict[str, str] = {}
        self._planned_groups: dict[str, tuple[SitePlan, ...]] = {}
        self._site_of_endpoint: dict[str, str] = {}

    def seed(self) -> None:
        """Creates the load balancers, the planned accelerators and the unrelated ones around them."""
        for site in self._plan.sites:
            self._create_load_balancer(site)
        planned = {accelerator.position: accelerator for accelerator in self._plan.accelerators}
        for position in range(1, self._plan.accelerators_in_account + 1):
            if position in planned:
                self._create_accelerator(f"keycloak-{position}", planned[position])
            else:
                name = f"unrelated-{position}"
                self._accelerators.create_accelerator(Name=name, IdempotencyToken=name)

    def reset(self) -> None:
        """Makes everything as it was after `seed`; a load balancer that was deleted is created anew."""
        for site in self._plan.sites:
            load_balancers.regain_region(site.region)
        backend = globalaccelerator.backend()
        backend.busy(calls=0)
        backend.stale_reads(reads=0)
        for site in self._plan.sites:
            if site.name not in self._load_balancers:
                self._create_load_balancer(site)
            self.set_health(site.name, "HEALTHY")
        for _ in range(2):  # so that a stale read, which shows the state before the last change, shows this one too
            for group, sites in self._planned_groups.items():
                self._accelerators.update_endpoint_group(
                    EndpointGroupArn=group, EndpointConfigurations=[self._configuration(site) for site in sites]
                )

    def delete_load_balancer(self, site: str) -> None:
        """Deletes the site's load balancer. Its endpoint stays where it is, as in AWS, but is UNHEALTHY."""
        self.set_health(site, "UNHEALTHY")
        arn = self._load_balancers.pop(site, None)
        if arn is not None:
            self._load_balancing(self._plan.site(site).region).delete_load_balancer(LoadBalancerArn=arn)

    def lose_region(self, site: str) -> None:
        """The Elastic Load Balancing API in the site's region answers nothing but 503, until `reset`."""
        load_balancers.lose_region(self._plan.site(site).region)

    def set_health(self, site: str, state: HealthState) -> None:
        """What every endpoint group says of the site's endpoint."""
        self._plan.site(site)
        for endpoint, owner in self._site_of_endpoint.items():
            if owner == site:
                globalaccelerator.backend().set_health(endpoint, state)

    def take_out(self, site: str) -> None:
        """Removes the site's endpoint from every group, as an operator would for maintenance."""
        self._plan.site(site)
        for group, endpoints in self._groups():
            for endpoint in endpoints:
                if self._site_of_endpoint.get(endpoint) == site:
                    self._accelerators.remove_endpoints(
                        EndpointGroupArn=group, EndpointIdentifiers=[{"EndpointId": endpoint}]
                    )

    def restore(self, site: str) -> None:
        """Puts the site's endpoint back into every group that it belongs to by plan."""
        plan = self._plan.site(site)
        if site not in self._load_balancers:
            self._create_load_balancer(plan)
        for group, sites in self._planned_groups.items():
            if plan in sites:
                self._accelerators.add_endpoints(
                    EndpointGroupArn=group, EndpointConfigurations=[self._configuration(plan)]
                )

    def describe(self) -> list[dict[str, Any]]:
        """Every endpoint of the planned accelerators: accelerator, port, region, site, health, weight.

        An endpoint of no known site shows with its own id as the site.
        """
        return [
            {
                "accelerator": accelerator.dns_name,
                "port": port,
                "region": group["EndpointGroupRegion"],
                "site": self._site_of_endpoint.get(endpoint["EndpointId"], endpoint["EndpointId"]),
                "health": endpoint["HealthState"],
                "weight": endpoint["Weight"],
            }
            for accelerator, arn in self._planned_accelerators()
            for port, group in self._groups_of_accelerator(arn)
            for endpoint in group["EndpointDescriptions"]
        ]

    @property
    def _accelerators(self) -> GlobalAcceleratorClient:
        client: GlobalAcceleratorClient = self._clients("globalaccelerator", GLOBAL_ACCELERATOR_REGION)
        return client

    def _load_balancing(self, region: str) -> ElasticLoadBalancingv2Client:
        client: ElasticLoadBalancingv2Client = self._clients("elbv2", region)
        return client

    def _create_load_balancer(self, site: SitePlan) -> None:
        subnets = self._clients("ec2", site.region).describe_subnets()["Subnets"]
        created = self._load_balancing(site.region).create_load_balancer(
            Name=f"keycloak-{site.name}",
            Type="network",
            Subnets=[subnets[0]["SubnetId"]],
            Tags=[{"Key": key, "Value": value} for key, value in site.load_balancer_tags.items()],
        )
        arn = created["LoadBalancers"][0]["LoadBalancerArn"]
        self._load_balancers[site.name] = arn
        self._site_of_endpoint[arn] = site.name

    def _create_accelerator(self, name: str, plan: AcceleratorPlan) -> None:
        globalaccelerator.backend().name_next_accelerator(plan.dns_name)
        created = self._accelerators.create_accelerator(Name=name, IdempotencyToken=name)
        for listener in plan.listeners:
            token = f"{name}-{listener.port}"
            listener_arn = self._accelerators.create_listener(
                AcceleratorArn=created["Accelerator"]["AcceleratorArn"],
                PortRanges=[{"FromPort": listener.port, "ToPort": listener.port}],
                Protocol="TCP",
                IdempotencyToken=token,
            )["Listener"]["ListenerArn"]
            for region, sites in self._plan.groups_of(listener).items():
                group = self._accelerators.create_endpoint_group(
                    ListenerArn=listener_arn,
                    EndpointGroupRegion=region,
                    EndpointConfigurations=[self._configuration(site) for site in sites],
                    IdempotencyToken=f"{token}-{region}",
                )
                self._planned_groups[group["EndpointGroup"]["EndpointGroupArn"]] = sites

    def _configuration(self, site: SitePlan) -> EndpointConfigurationTypeDef:
        return {
            "EndpointId": self._load_balancers[site.name],
            "Weight": site.weight,
            "ClientIPPreservationEnabled": False,
        }

    def _groups(self) -> Iterator[tuple[str, list[str]]]:
        for _, arn in self._planned_accelerators():
            for _, group in self._groups_of_accelerator(arn):
                endpoints = group["EndpointDescriptions"]
                yield group["EndpointGroupArn"], [endpoint["EndpointId"] for endpoint in endpoints]

    def _planned_accelerators(self) -> Iterator[tuple[AcceleratorPlan, str]]:
        planned = {accelerator.dns_name: accelerator for accelerator in self._plan.accelerators}
        for page in self._accelerators.get_paginator("list_accelerators").paginate():
            for found in page["Accelerators"]:
                if found["DnsName"] in planned:
                    yield planned[found["DnsName"]], found["AcceleratorArn"]

    def _groups_of_accelerator(self, arn: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
        groups = self._accelerators.get_paginator("list_endpoint_groups")
        for page in self._accelerators.get_paginator("list_listeners").paginate(AcceleratorArn=arn):
            for listener in page["Listeners"]:
                for group_page in groups.paginate(ListenerArn=listener["ListenerArn"]):
                    for group in group_page["EndpointGroups"]:
                        yield listener["PortRanges"][0]["FromPort"], group
