"""The world around the stack, made before it and moved while it runs."""

from __future__ import annotations

import functools
import json
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from local.aws import globalaccelerator, inactive_functions, throttling
from local.aws.quotas import PUBLISHED, Quota
from local.sites.protocol import SitePair
from local.sites.simulated.infinispan import SimulatedInfinispan
from local.sites.simulated.pair import SimulatedPair
from local.world.edge import Clients, Edge
from local.world.infinispan_view import InfinispanView
from local.world.plan import WorldPlan
from local.world.stack_view import ExecutionsView, FenceRecordView

if TYPE_CHECKING:
    from local.aws.globalaccelerator import HealthState

STACK_REGION = "us-west-2"


@dataclass(frozen=True)
class Stack:
    """What the world looks at in the deployed stack."""

    table_name: str
    state_machine_arn: str


class World:
    """Two sites, the accelerators in front of them, and switches for all that can happen to them. Thread-safe.

    Args:
        clients: gives a boto3 client for a service name and a region.
        sites: the two sites, with the plan's names and caches. Real ones lack the stand-ins' switches.
        plan: what to make.

    Methods that take a site raise ValueError when there is no such site, or no such switch.
    """

    def __init__(self, clients: Clients, sites: SitePair, plan: WorldPlan | None = None) -> None:
        self.plan = plan or WorldPlan()
        if sites.names != self.plan.site_names:
            raise ValueError(f"The plan's sites are {self.plan.site_names}, those that run {sites.names}.")
        self.sites = sites
        self.infinispan_secret_arn: str | None = None
        # Making a client takes longer than any call here.
        self._clients = functools.cache(clients)
        self._edge = Edge(self._clients, self.plan)
        self._infinispans = InfinispanView(sites)
        self._stack: Stack | None = None
        self._lock = threading.RLock()

    @classmethod
    def sites_for(cls, plan: WorldPlan) -> SimulatedPair:
        """The stand-ins that fit a plan, not started yet."""
        return SimulatedPair(plan.site_names, caches=plan.caches)

    def seed(self) -> None:
        """Makes the load balancers, the accelerators and the secret with Infinispan's credentials."""
        with self._lock:
            self._edge.seed()
            admin = self.sites.admin
            secret = self._clients("secretsmanager", STACK_REGION).create_secret(
                Name="infinispan-credentials",
                SecretString=json.dumps({"username": admin.name, "password": admin.password}),
            )
            self.infinispan_secret_arn = secret["ARN"]

    def stack_parameters(self) -> dict[str, str]:
        """The template's parameters that describe this world.

        Raises:
            RuntimeError: `seed` wasn't called.
        """
        if self.infinispan_secret_arn is None:
            raise RuntimeError("The world has no secret before it is seeded.")
        first, second = self.sites.names
        return {
            "SiteA": first,
            "SiteB": second,
            "SiteAInfinispanUrl": self.sites.sites[first].url,
            "SiteBInfinispanUrl": self.sites.sites[second].url,
            "InfinispanCaCertificate": self.sites.authority.pem,
            "InfinispanSecretArn": self.infinispan_secret_arn,
            "AcceleratorDnsNames": ",".join(accelerator.dns_name for accelerator in self.plan.accelerators),
        }

    def attach(self, *, table_name: str, state_machine_arn: str) -> None:
        """Tells the world of the deployed stack, so that it can show the record and the executions."""
        self._stack = Stack(table_name, state_machine_arn)

    # What can happen to the sites.

    def cut(self) -> None:
        """The sites lose each other; both go on running."""
        self.sites.cut()

    def heal(self) -> None:
        """The sites see each other again. Neither the accelerator nor a backup's status changes by that."""
        self.sites.heal()

    def kill(self, site: str) -> None:
        """The site dies: its Infinispan is gone, and its endpoint becomes UNHEALTHY."""
        self.plan.site(site)
        self.sites.kill(site)
        self._edge.set_health(site, "UNHEALTHY")

    def restart(self, site: str) -> None:
        """The site's Infinispan starts anew, having forgotten everything, and the site's endpoint is HEALTHY."""
        self.plan.site(site)
        self.sites.restart(site)
        self._edge.set_health(site, "HEALTHY")

    def fall_silent(self, site: str) -> None:
        """The site's Infinispan accepts connections, but doesn't answer."""
        self._simulated(site).fall_silent()

    def answer_again(self, site: str) -> None:
        """Ends `fall_silent`."""
        self._simulated(site).answer_again()

    def lose_view(self, site: str) -> None:
        """The site's Infinispan can't tell which sites it sees: the node that answers is no relay node."""
        self._simulated(site).be_relay_node(is_relay=False)

    def refuse_cache(self, site: str, cache: str, text: str) -> None:
        """One cache of the site's Infinispan answers cross-site operations with this text, and doesn't obey."""
        if cache not in self.plan.caches:
            raise ValueError(f"There is no cache {cache!r}, only {', '.join(self.plan.caches)}.")
        self._simulated(site).refuse_cache(cache, text)

    # What can happen in AWS.

    def health(self, site: str, state: HealthState) -> None:
        """The health of the site's endpoint: HEALTHY, UNHEALTHY or INITIAL."""
        if state not in ("HEALTHY", "UNHEALTHY", "INITIAL"):
            raise ValueError(f"{state!r} is none of HEALTHY, UNHEALTHY and INITIAL.")
        self._edge.set_health(site, state)

    def lose_nlb(self, site: str) -> None:
        """The site's load balancer is deleted."""
        with self._lock:
            self._edge.delete_load_balancer(site)

    def lose_region(self, site: str) -> None:
        """The Elastic Load Balancing API of the site's region answers 503 (to the other site too, if it is there)."""
        self._edge.lose_region(site)

    def busy(self, calls: int) -> None:
        """Global Accelerator answers the next `calls` changing calls with TransactionInProgressException."""
        globalaccelerator.backend().busy(calls=calls)

    def stale_reads(self, reads: int) -> None:
        """Global Accelerator's next `reads` reads of endpoint groups show the state before the last change."""
        globalaccelerator.backend().stale_reads(reads=reads)

    def sleep(self, seconds: float) -> None:
        """Functions in a VPC are inactive, after weeks without a call; one recovers `seconds` after it is called."""
        inactive_functions.sleep(seconds)

    def wake(self) -> None:
        """Ends `sleep`."""
        inactive_functions.wake()

    def throttle(self, service: str, rate: float) -> None:
        """The service answers `rate` calls a second in each region, whoever calls; a bucket holds one second's."""
        if service not in throttling.SERVICES:
            raise ValueError(f"There is no service {service!r} here, only {', '.join(throttling.SERVICES)}.")
        if rate < 1:
            raise ValueError(f"A service answers at least once a second, not {rate} times.")
        throttling.apply(Quota(service, ("*",), bucket=int(rate), refill=rate))

    def apply_quotas(self, functions: int) -> None:
        """Services answer an account as often as AWS publishes it; so many functions run at a time in a region."""
        throttling.apply(*PUBLISHED, concurrency=functions)

    def lift_quotas(self) -> None:
        """Ends `throttle` and `apply_quotas`."""
        throttling.lift()

    # What an operator does.

    def take_out(self, site: str) -> None:
        """The site's endpoint is removed from every group by hand."""
        with self._lock:
            self._edge.take_out(site)

    def restore(self, site: str) -> None:
        """The site's endpoint is put back into every group it was in."""
        with self._lock:
            self._edge.restore(site)

    def age_record(self, seconds: float) -> None:
        """The fence record's times move into the past.

        Raises:
            LookupError: there is no stack, or no record.
        """
        with self._lock:
            table = self._table()
            if table is None:
                raise LookupError("No stack is attached, so there is no fence record.")
            table.age(seconds)

    def reset(self) -> None:
        """Everything is as after `seed`, and there is no fence record. Executions stay: AWS can't delete them."""
        with self._lock:
            self.wake()
            self.lift_quotas()
            self.sites.reset()
            self._edge.reset()
            table = self._table()
            if table is not None:
                table.delete()

    # What can be seen.

    def accepts_writes(self, site: str) -> bool:
        """Whether a write into the site's Infinispan succeeds now."""
        self.plan.site(site)
        return self._infinispans.accepts_writes(site)

    def show(self) -> dict[str, Any]:
        """The state of the world as data that can be written as JSON.

        Everything is asked for where the real thing would be asked: Global Accelerator, Infinispan, DynamoDB and Step
        Functions. The keys:

        endpoints: the sites that are in at least one endpoint group of the planned accelerators.
        infinispan: site -> other site -> online, offline, mixed or unreachable.
        record: the fence record; None when there is none. executions: as `outcomes` of them, newest first.
        link: up or cut.
        sees: site -> the sites it sees; None when it doesn't answer.
        told: site -> the cross-site operations that its Infinispan was asked for; only stand-ins keep such a list.
        accelerators: every endpoint with its accelerator, port, region, site, health and weight.
        """
        accelerators = self.accelerators()
        seen = {name: self._infinispans.look(name) for name in self.sites.names}
        return {
            "endpoints": _sites_of(accelerators),
            "infinispan": {name: {self.sites.other(name): status} for name, (status, _) in seen.items()},
            "record": self.record(),
            "executions": self.executions(),
            "link": "cut" if self.sites.link_is_cut else "up",
            "sees": {name: view for name, (_, view) in seen.items()},
            "told": self.told(),
            "accelerators": accelerators,
        }

    # The parts of `show`, for those who look often.

    def accelerators(self) -> list[dict[str, Any]]:
        return self._edge.describe()

    def endpoints(self) -> list[str]:
        return _sites_of(self.accelerators())

    def record(self) -> dict[str, Any] | None:
        table = self._table()
        return table.record() if table else None

    def executions(self) -> list[dict[str, Any]]:
        executions = self._executions()
        return executions.outcomes() if executions else []

    def told(self) -> dict[str, list[str]]:
        return {
            name: [f"{done.name} {done.site}" for done in site.operations]
            for name, site in self.sites.sites.items()
            if isinstance(site, SimulatedInfinispan)
        }

    def _simulated(self, name: str) -> SimulatedInfinispan:
        self.plan.site(name)
        site = self.sites.sites[name]
        if not isinstance(site, SimulatedInfinispan):
            raise ValueError("A real Infinispan has no such switch.")  # noqa: TRY004  (as for an unknown site)
        return site

    def _table(self) -> FenceRecordView | None:
        if self._stack is None:
            return None
        key = "+".join(sorted(self.plan.site_names))
        return FenceRecordView(self._clients("dynamodb", STACK_REGION), self._stack.table_name, key)

    def _executions(self) -> ExecutionsView | None:
        if self._stack is None:
            return None
        return ExecutionsView(self._clients("stepfunctions", STACK_REGION), self._stack.state_machine_arn)


def _sites_of(endpoints: Iterable[Mapping[str, Any]]) -> list[str]:
    return sorted({endpoint["site"] for endpoint in endpoints})
