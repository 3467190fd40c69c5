"""Whether users can log in, as the accelerators and the sites' Infinispans are now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from local.world.plan import WorldPlan

# How a verdict looks: as expected and well, as expected and yet an outage, not as expected.
AS_EXPECTED, EXPECTED_OUTAGE, UNEXPECTED = "bold green", "bold yellow", "bold red"


@dataclass(frozen=True)
class Logins:
    """`everybody` can log in, or the sentence says who can't and why."""

    everybody: bool
    sentence: str


def logins(shown: Mapping[str, Any], plan: WorldPlan, accepts_writes: Mapping[str, bool]) -> Logins:
    """What users of the world meet. `shown` is what World.show returned; a login is a write into Infinispan.

    An accelerator sends users to the healthy endpoints of a listener, and to any of them when none is healthy: it fails
    open. Source: Global Accelerator's Developer Guide, "How failover works for unhealthy endpoints"
    (about-endpoints-endpoint-weights.unhealthy-endpoints.html).
    """
    receiving = {
        (accelerator.dns_name, listener.port): _receiving(shown["accelerators"], accelerator.dns_name, listener.port)
        for accelerator in plan.accelerators
        for listener in accelerator.listeners
    }
    reached = set().union(*receiving.values())
    serving = {site for site in reached if accepts_writes[site]}
    refusing = reached - serving
    empty = [f"{name}:{port}" for (name, port), sites in receiving.items() if not sites]
    if serving and not refusing and not empty:
        verb = "serves" if len(serving) == 1 else "serve"
        return Logins(everybody=True, sentence=f"users can log in, and {_and(serving)} {verb} them.")
    reasons = []
    if refusing:
        verb = "which refuses" if len(refusing) == 1 else "which refuse"
        reasons.append(f"users are sent to {_and(refusing)}, {verb} writes")
    if empty:
        reasons.append("no site is in the accelerator" if not reached else f"nobody serves {_and(empty)}")
    who = "some users can't log in" if serving else "nobody can log in"
    return Logins(everybody=False, sentence=f"{who}, since {', and '.join(reasons)}.")


def _receiving(endpoints: Iterable[Mapping[str, Any]], accelerator: str, port: int) -> set[str]:
    here = [end for end in endpoints if (end["accelerator"], end["port"]) == (accelerator, port)]
    healthy = [end for end in here if end["health"] == "HEALTHY"]
    return {end["site"] for end in healthy or here}


def _and(names: Iterable[str]) -> str:
    return " and ".join(sorted(names))
