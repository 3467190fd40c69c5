"""Who is behind the stack's accelerators: found once per execution, and a fresh snapshot as often as needed."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal

from fencing.errors import InvalidInput, SitesNotIdentified
from fencing.fields import pick

Health = Literal["HEALTHY", "INITIAL", "UNHEALTHY"]
_WORST_LAST: tuple[Health, ...] = ("HEALTHY", "INITIAL", "UNHEALTHY")


@dataclass(frozen=True, slots=True)
class Accelerator:
    """One of the stack's accelerators, with every DNS name that an alert may call it by."""

    arn: str
    dns_names: tuple[str, ...]

    def __str__(self) -> str:
        return self.dns_names[0]


@dataclass(frozen=True, slots=True)
class Topology:
    """The stack's accelerators, and whose site each endpoint is: endpoint id (the load balancer's ARN) -> site."""

    accelerators: tuple[Accelerator, ...]
    site_of: Mapping[str, str]

    def __str__(self) -> str:
        return " and ".join(str(accelerator) for accelerator in self.accelerators)

    def to_state(self) -> dict[str, Any]:
        """Give the topology as state data of the definition."""
        return {
            "accelerators": [{"arn": a.arn, "dns_names": list(a.dns_names)} for a in self.accelerators],
            "sites": dict(self.site_of),
        }

    @classmethod
    def from_state(cls, event: Any) -> "Topology":
        """Read what Resolve Accelerator found from a later step's event.

        Raises:
            InvalidInput: a field is missing or of the wrong type.
        """
        found = pick(event, "topology", dict)
        try:
            accelerators = tuple(
                Accelerator(pick(item, "arn", str), tuple(pick(item, "dns_names", list)))
                for item in pick(found, "accelerators", list)
            )
        except InvalidInput as error:
            raise InvalidInput(f"'topology.accelerators': {error}") from error
        sites = pick(found, "sites", dict)
        names = [name for accelerator in accelerators for name in accelerator.dns_names]
        if not all(isinstance(text, str) for text in (*names, *sites.values())) or not all(
            accelerator.dns_names for accelerator in accelerators
        ):
            raise InvalidInput("'topology' should have names of accelerators and of sites.")
        return cls(accelerators, sites)


class UnreadableTag(Enum):
    """Why a load balancer's `site` tag couldn't be read: its region doesn't answer, or the load balancer is gone."""

    REGION_UNAVAILABLE = "its region's API doesn't answer"
    LOAD_BALANCER_GONE = "the load balancer doesn't exist"


SiteTag = str | UnreadableTag | None
"""The value of a load balancer's `site` tag; None: it has no such tag."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A load balancer in an endpoint group. `weight` is 0 to 255."""

    id: str
    health: Health
    weight: int
    client_ip_preservation: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointGroup:
    """A listener's endpoints in one region."""

    arn: str
    listener_arn: str
    endpoints: tuple[Endpoint, ...]


@dataclass(frozen=True, slots=True)
class EndpointSnapshot:
    """The endpoint groups of all of the stack's accelerators, as Global Accelerator lists them at one moment.

    It may be a little stale: AWS promises no read-after-write consistency.
    """

    groups: tuple[EndpointGroup, ...]
    site_of: Mapping[str, str]

    def site(self, endpoint: Endpoint) -> str:
        """Say whose endpoint it is.

        Raises:
            SitesNotIdentified: the endpoint appeared after the topology was found.
        """
        if endpoint.id not in self.site_of:
            raise SitesNotIdentified(f"The endpoint {endpoint.id} appeared while the fence was being built.")
        return self.site_of[endpoint.id]

    def endpoints_of(self, site: str) -> tuple[tuple[EndpointGroup, Endpoint], ...]:
        """Return the site's endpoints, each with its group, over all accelerators and listeners."""
        return tuple((group, end) for group in self.groups for end in group.endpoints if self.site(end) == site)

    def serves(self, site: str) -> bool:
        """Say whether the site is in any endpoint group."""
        return bool(self.endpoints_of(site))

    def listener_serves(self, listener_arn: str, site: str) -> bool:
        """Say whether the site is in any endpoint group of the listener."""
        return any(group.listener_arn == listener_arn for group, _ in self.endpoints_of(site))

    def listeners_without(self, site: str) -> tuple[str, ...]:
        """Return the ARNs of the listeners that have endpoints, but none of the site's."""
        with_endpoints = dict.fromkeys(group.listener_arn for group in self.groups if group.endpoints)
        return tuple(arn for arn in with_endpoints if not self.listener_serves(arn, site))

    def health(self, site: str) -> Health | None:
        """Return the worst health among the site's endpoints; None when it has none."""
        found = {endpoint.health for _, endpoint in self.endpoints_of(site)}
        return max(found, key=_WORST_LAST.index, default=None)

    def any_healthy(self, site: str) -> bool:
        """Say whether at least one of the site's endpoints is HEALTHY."""
        return any(endpoint.health == "HEALTHY" for _, endpoint in self.endpoints_of(site))
