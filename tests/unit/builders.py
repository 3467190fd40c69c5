"""The words that the tests are written in: snapshots, records, alerts, bodies; what doesn't matter is filled in."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from fencing.alert import Alert
from fencing.fence import Fence, FenceRecord, Phase, RemovedEndpoint
from fencing.settings import Sites
from fencing.topology import Accelerator, Endpoint, EndpointGroup, EndpointSnapshot, Health, Topology

DNS_NAME = "a3da6a6cbd4e27b02.awsglobalaccelerator.com"
ACCELERATOR_ARN = "arn:aws:globalaccelerator::123456789012:accelerator/11111111-2222-3333-4444-555555555555"
LISTENER_ARN = f"{ACCELERATOR_ARN}/listener/aaaaaaaa"
SITES = Sites("site-a", "site-b")
NOW = datetime(2026, 11, 22, 18, 40, tzinfo=UTC)
HOLD_DOWN = timedelta(minutes=10)
FINGERPRINT = "fefb802a49f43793"


def load_balancer(site: str, region: str = "eu-west-1") -> str:
    """The ARN of the site's Network Load Balancer."""
    return f"arn:aws:elasticloadbalancing:{region}:123456789012:loadbalancer/net/keycloak-{site}/0123456789abcdef"


def endpoint(site: str, health: Health = "HEALTHY") -> Endpoint:
    return Endpoint(load_balancer(site), health, 128, client_ip_preservation=False)


def snapshot(*listeners: dict[str, Health], site_of: Iterable[str] = ("site-a", "site-b")) -> EndpointSnapshot:
    """A snapshot with one endpoint group per listener; each listener is given as site -> health of its endpoint."""
    groups = tuple(
        EndpointGroup(
            arn=f"{LISTENER_ARN}{number}/endpoint-group/1",
            listener_arn=f"{LISTENER_ARN}{number}",
            endpoints=tuple(endpoint(site, health) for site, health in sites.items()),
        )
        for number, sites in enumerate(listeners)
    )
    return EndpointSnapshot(groups, {load_balancer(site): site for site in site_of})


BOTH_HEALTHY = snapshot({"site-a": "HEALTHY", "site-b": "HEALTHY"})
ONLY_A = snapshot({"site-a": "HEALTHY"})
ONLY_B = snapshot({"site-b": "HEALTHY"})
NOBODY = snapshot({})


def topology(*dns_names: str) -> Topology:
    names = dns_names or (DNS_NAME,)
    return Topology(
        tuple(Accelerator(f"{ACCELERATOR_ARN[:-1]}{number}", (name,)) for number, name in enumerate(names)),
        {load_balancer("site-a"): "site-a", load_balancer("site-b"): "site-b"},
    )


def removed_endpoint(site: str, listener: int = 0) -> RemovedEndpoint:
    return RemovedEndpoint(
        endpoint_id=load_balancer(site),
        endpoint_group_arn=f"{LISTENER_ARN}{listener}/endpoint-group/1",
        weight=128,
        client_ip_preservation=False,
    )


def fence_for(survivor: str = "site-a", *, generation: int = 1) -> Fence:
    """The decision for `survivor`, as an execution carries it along."""
    return Fence(generation=generation, survivor=survivor, fenced="site-b" if survivor == "site-a" else "site-a")


def record(
    survivor: str = "site-a", *, generation: int = 1, phase: Phase = Phase.FENCING, fenced_ago: timedelta | None = None
) -> FenceRecord:
    """A record in favour of `survivor`; `fenced_ago` before NOW it was confirmed."""
    fenced = "site-b" if survivor == "site-a" else "site-a"
    return FenceRecord(
        generation=generation,
        survivor=survivor,
        fenced=fenced,
        phase=phase,
        decided_at=NOW - timedelta(hours=1),
        execution="site-a-site-b-0123456789abcdef-0",
        fenced_at=None if fenced_ago is None else NOW - fenced_ago,
        removed=(removed_endpoint(fenced),),
    )


def alert(reporter: str = "site-a", offline_site: str = "site-b", **changes: str) -> Alert:
    fields = {
        "accelerator": DNS_NAME,
        "reporter": reporter,
        "offline_site": offline_site,
        "starts_at": "2026-11-22T18:32:38.147Z",
        "fingerprint": FINGERPRINT,
    }
    return Alert(**(fields | changes))


_FIRING = {
    "status": "firing",
    "labels": {
        "accelerator": DNS_NAME,
        "alertname": "SiteOffline",
        "namespace": "default",
        "reporter": "site-a",
        "severity": "critical",
        "site": "site-b",
    },
    "annotations": {},
    "startsAt": "2026-11-22T18:32:38.147Z",
    "endsAt": "0001-01-01T00:00:00Z",
    "generatorURL": "http://prometheus.example/graph?g0.expr=up&g0.tab=1",
    "fingerprint": FINGERPRINT,
}


def firing(labels: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """An alert as Alertmanager sends it. A change to None leaves the label or field out."""
    found: dict[str, Any] = copy.deepcopy(_FIRING)
    for target, values in ((found["labels"], labels or {}), (found, changes)):
        for name, value in values.items():
            if value is None:
                del target[name]
            else:
                target[name] = value
    return found


def body(*alerts: Any, **changes: Any) -> dict[str, Any]:
    """A webhook body of version 4 with these alerts."""
    return {
        "receiver": "default/example-routing/default",
        "status": "firing",
        "alerts": list(alerts),
        "groupLabels": {"accelerator": DNS_NAME},
        "commonLabels": {},
        "commonAnnotations": {},
        "externalURL": "http://alertmanager.example",
        "version": "4",
        "groupKey": "{}:{}",
        "truncatedAlerts": 0,
    } | changes
