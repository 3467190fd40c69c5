"""The documented layout, in an account of its own, with the steps' real adapters, and time that belongs to the test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import boto3
import pytest

from fencing.adapters.clock import utc_now
from fencing.adapters.fence_table import FenceTable
from fencing.adapters.global_accelerator import GlobalAccelerator
from fencing.adapters.infinispan import Infinispan, InfinispanClients, InfinispanSettings
from fencing.adapters.load_balancer_tags import LoadBalancerTags
from fencing.fence import Fence
from fencing.steps.resolve_accelerator import ResolveAccelerator
from fencing.topology import EndpointSnapshot, Topology
from local.aws import InProcessAws, globalaccelerator
from local.aws.globalaccelerator import GlobalAcceleratorBackend
from local.sites.simulated.pair import SimulatedPair
from local.world.edge import Edge
from tests.unit.aws_resources import create_fence_table, create_secret, edge
from tests.unit.builders import DNS_NAME, NOW, SITES, alert, record


@dataclass
class StepWorld:
    """What the steps work on, and what tests look at afterwards."""

    edge: Edge
    table: FenceTable
    infinispan_for: Callable[[str], Infinispan]
    topology: Topology
    accelerators: GlobalAccelerator = field(default_factory=GlobalAccelerator)
    pauses: list[float] = field(default_factory=list)

    @property
    def backend(self) -> GlobalAcceleratorBackend:
        return globalaccelerator.backend()

    def now(self) -> datetime:
        return NOW

    def snapshot(self) -> EndpointSnapshot:
        return self.accelerators.snapshot(self.topology)

    @property
    def in_service(self) -> list[str]:
        """The sites that Global Accelerator really holds, whatever its reads say."""
        held = (endpoint.endpoint_id for group in self.backend.endpoint_groups.values() for endpoint in group.endpoints)
        return sorted({self.topology.site_of[endpoint_id] for endpoint_id in held})

    def decide(self, survivor: str = "site-a", generation: int = 1) -> Fence:
        """Write a decision over whatever there is."""
        decision = record(survivor, generation=generation)
        assert self.table.claim(decision, over=self.table.read())
        return Fence.of(decision)

    def decide_and_fence(self, survivor: str = "site-a") -> Fence:
        fence = self.decide(survivor)
        self.edge.take_out(fence.fenced)
        assert self.table.confirm(fence, NOW)
        return fence


@pytest.fixture
def layout() -> dict[str, object]:
    """The plan of the world; a test parametrizes this fixture for another one."""
    return {}


@pytest.fixture
def world(aws: InProcessAws, sites: SimulatedPair, layout: dict[str, object]) -> StepWorld:
    made = edge(**layout)
    urls = tuple((name, site.url) for name, site in sites.sites.items())
    arn = create_secret(sites.admin.name, sites.admin.password, "infinispan")
    names = tuple(item["DnsName"] for item in boto3.client("globalaccelerator").list_accelerators()["Accelerators"])
    resolve = ResolveAccelerator(GlobalAccelerator(), LoadBalancerTags(), SITES, (), names, {})
    clients = InfinispanClients(InfinispanSettings(SITES, urls, arn, sites.authority.pem), utc_now)
    return StepWorld(
        edge=made,
        table=FenceTable(create_fence_table(), SITES.key),
        infinispan_for=clients.for_site,
        topology=resolve(alert(accelerator=DNS_NAME)).topology,
    )
