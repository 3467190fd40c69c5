"""Placeholders in what a scenario expects, for what only the run decides.

`{survivor}`, `{fenced}`, `{generation}`, `{decided_at:%H:%M:%S}` and `{fenced_at:...}` are the fence record's,
`{group}` and `{listener}` the ARNs around the first endpoint that it removes. `{accelerators}` are the DNS names of the
stack's accelerators, `{listener_arn[PORT]}` is the first listener there, and `{nlb[SITE]}` that of a site's load
balancer, as they were at the beginning. `{request_id}` stands for the id of any invocation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from local.world import WorldPlan

REQUEST_ID = "{request_id}"
_REQUEST_ID_PATTERN = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def values_of(record: Mapping[str, Any] | None, from_the_beginning: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the placeholders stand for now; see also `values_at_the_beginning`."""
    values: dict[str, Any] = {**from_the_beginning}
    if record is not None:
        if record["removed"]:
            values["group"] = record["removed"][0]["endpointGroupArn"]
            values["listener"] = values["group"].partition("/endpoint-group/")[0]
        values |= {name: record[name] for name in ("survivor", "fenced", "generation")}
        for name, key in (("decided_at", "decidedAt"), ("fenced_at", "fencedAt")):
            if record.get(key):
                values[name] = datetime.fromisoformat(record[key]).astimezone(UTC)
    return values


def values_at_the_beginning(plan: WorldPlan, client: Callable[[str, str], Any]) -> dict[str, Any]:
    """What the other placeholders stand for. `client` gives a boto3 client for a service and a region."""
    load_balancers = {}
    for site in plan.sites:
        found = client("elbv2", site.region).describe_load_balancers(Names=[f"keycloak-{site.name}"])
        load_balancers[site.name] = found["LoadBalancers"][0]["LoadBalancerArn"]
    return {
        "accelerators": " and ".join(accelerator.dns_name for accelerator in plan.accelerators),
        "listener_arn": _listeners(plan, client("globalaccelerator", "us-west-2")),
        "nlb": load_balancers,
        "request_id": REQUEST_ID,
    }


def _listeners(plan: WorldPlan, accelerators: Any) -> dict[int, str]:
    names = {accelerator.dns_name for accelerator in plan.accelerators}
    listeners: dict[int, str] = {}
    for page in accelerators.get_paginator("list_accelerators").paginate():
        for found in page["Accelerators"]:
            if found["DnsName"] in names:
                for listener in accelerators.list_listeners(AcceleratorArn=found["AcceleratorArn"])["Listeners"]:
                    listeners.setdefault(listener["PortRanges"][0]["FromPort"], listener["ListenerArn"])
    return listeners


def fill(expected: Any, values: Mapping[str, Any]) -> Any:
    """The expectation with its placeholders replaced, in keys and values, at any depth.

    Raises:
        LookupError: a placeholder stands for nothing here: there is no fence record, or no such name.
    """
    if isinstance(expected, str):
        return expected.format_map(values)
    if isinstance(expected, Mapping):
        return {fill(key, values): fill(value, values) for key, value in expected.items()}
    if isinstance(expected, list | tuple):
        return [fill(item, values) for item in expected]
    return expected


def same_text(expected: str, found: str) -> bool:
    """Whether a filled-in text is the one that was found, any request id standing for `{request_id}`."""
    pattern = _REQUEST_ID_PATTERN.join(re.escape(part) for part in expected.split(REQUEST_ID))
    return re.fullmatch(pattern, found) is not None
