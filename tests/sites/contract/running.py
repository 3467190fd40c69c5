"""What the simulated pair and the real one have in common, as the contract test's Pair."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from local.sites.real.pair import RealPair
from local.sites.simulated.pair import SitePair
from tests.sites.contract.pair import Access, Credentials

Sites = TypeVar("Sites", SitePair, RealPair)


@dataclass(frozen=True)
class PairOf(Generic[Sites]):
    """Two running sites, how to reach them, and who may."""

    sites: Sites

    @property
    def names(self) -> tuple[str, str]:
        first, second = self.sites.sites
        return first, second

    @property
    def access(self) -> Mapping[str, Access]:
        pem = self.sites.authority.pem
        return {name: Access(site.url, ca_pem=pem) for name, site in self.sites.sites.items()}

    @property
    def admin(self) -> Credentials:
        return Credentials(self.sites.admin.name, self.sites.admin.password)

    @property
    def observer(self) -> Credentials:
        return Credentials(self.sites.observer.name, self.sites.observer.password)
