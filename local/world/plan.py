"""What a world consists of, as data: two sites, and the accelerators in front of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import yaml

DEFAULT_DNS_NAME = "a3da6a6cbd4e27b02.awsglobalaccelerator.com"
PAGE_SIZE = 10


@dataclass(frozen=True)
class SitePlan:
    """A site and its Network Load Balancer. `tags` are the load balancer's; None is `site` with the site's name."""

    name: str
    region: str = "eu-west-1"
    tags: Mapping[str, str] | None = None
    weight: int = 128

    @property
    def load_balancer_tags(self) -> Mapping[str, str]:
        return {"site": self.name} if self.tags is None else self.tags


@dataclass(frozen=True)
class ListenerPlan:
    """A TCP listener. Its endpoint groups follow from its sites: one per region, as Global Accelerator demands."""

    port: int = 443
    sites: tuple[str, ...] = ()


@dataclass(frozen=True)
class AcceleratorPlan:
    """An accelerator of the stack. `position` is its place in ListAccelerators, from 1."""

    dns_name: str = DEFAULT_DNS_NAME
    position: int = 2 * PAGE_SIZE + 3
    listeners: tuple[ListenerPlan, ...] = ()


@dataclass(frozen=True)
class WorldPlan:
    """A world. The default is Keycloak's documented layout: one listener, one endpoint group, both sites in a region.

    `accelerators_in_account` counts the unrelated accelerators too; so many of them make a listing run over pages.

    Raises:
        ValueError: the parts don't fit together; the message says which.
    """

    sites: tuple[SitePlan, SitePlan] = (SitePlan("site-a"), SitePlan("site-b"))
    accelerators: tuple[AcceleratorPlan, ...] = field(
        default_factory=lambda: (AcceleratorPlan(listeners=(ListenerPlan(sites=("site-a", "site-b")),)),)
    )
    accelerators_in_account: int = 25
    caches: tuple[str, ...] = ("authenticationSessions", "sessions")

    def __post_init__(self) -> None:
        if self.sites[0].name == self.sites[1].name:
            raise ValueError(f"Both sites are called {self.sites[0].name!r}.")
        positions = [accelerator.position for accelerator in self.accelerators]
        if len(set(positions)) < len(positions):
            raise ValueError(f"Two accelerators have the same position: {positions}.")
        if not all(1 <= position <= self.accelerators_in_account for position in positions):
            raise ValueError(f"The positions {positions} are not within 1 to {self.accelerators_in_account}.")
        names = {accelerator.dns_name for accelerator in self.accelerators}
        if len(names) < len(positions) or not names:
            raise ValueError("There must be accelerators, and their DNS names must differ.")
        for accelerator in self.accelerators:
            for listener in accelerator.listeners:
                unknown = set(listener.sites) - set(self.site_names)
                if unknown:
                    raise ValueError(f"{accelerator.dns_name} has a listener with unknown sites: {sorted(unknown)}.")

    @property
    def site_names(self) -> tuple[str, str]:
        return self.sites[0].name, self.sites[1].name

    def site(self, name: str) -> SitePlan:
        """The site of that name.

        Raises:
            ValueError: there is none.
        """
        for site in self.sites:
            if site.name == name:
                return site
        raise ValueError(f"There is no site {name!r}, only {' and '.join(self.site_names)}.")

    def groups_of(self, listener: ListenerPlan) -> Mapping[str, tuple[SitePlan, ...]]:
        """The listener's endpoint groups: region -> the sites in it."""
        groups: dict[str, tuple[SitePlan, ...]] = {}
        for name in listener.sites:
            site = self.site(name)
            groups[site.region] = (*groups.get(site.region, ()), site)
        return groups

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any] | None) -> WorldPlan:
        """A plan from what a YAML file says; what is left out is as in the default world.

        Example:
            sites:
              site-a: {region: eu-west-1}
              site-b: {region: eu-central-1, tags: {site: site-b}}
            accelerators:
              - dns_name: a3da6a6cbd4e27b02.awsglobalaccelerator.com
                position: 23
                listeners: [{port: 443, sites: [site-a, site-b]}, {port: 8443}]
            accelerators_in_account: 25
            caches: [sessions]

        A listener without `sites` has both.

        Raises:
            ValueError: a key is unknown, or the parts don't fit together.
        """
        given = dict(data or {})
        if "sites" in given:
            sites = [SitePlan(name, **_known(SitePlan, site)) for name, site in given["sites"].items()]
            if len(sites) != len(cls().sites):
                raise ValueError(f"A world has two sites, not {len(sites)}.")
            given["sites"] = tuple(sites)
        names = [site.name for site in given.get("sites", cls().sites)]
        accelerators = given.get("accelerators", [{}])
        given["accelerators"] = tuple(_accelerator(accelerator, names) for accelerator in accelerators)
        if "caches" in given:
            given["caches"] = tuple(given["caches"])
        return cls(**_known(cls, given))

    @classmethod
    def from_yaml(cls, path: Path) -> WorldPlan:
        """A plan from a YAML file that holds nothing else; see `from_mapping`."""
        return cls.from_mapping(yaml.safe_load(path.read_text()))


def _accelerator(data: Mapping[str, Any], sites: Sequence[str]) -> AcceleratorPlan:
    given = _known(AcceleratorPlan, data)
    listeners = [{"sites": sites, **_known(ListenerPlan, listener)} for listener in given.pop("listeners", [{}])]
    return AcceleratorPlan(
        **given,
        listeners=tuple(ListenerPlan(**{**listener, "sites": tuple(listener["sites"])}) for listener in listeners),
    )


def _known(plan: type[Any], data: Mapping[str, Any] | None) -> dict[str, Any]:
    names = {item.name for item in fields(plan)}
    unknown = set(data or {}) - names
    if unknown:
        raise ValueError(f"{plan.__name__} has no {sorted(unknown)}; it has {sorted(names)}.")
    return dict(data or {})
