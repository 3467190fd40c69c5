"""Two simulated sites with a link between them: started and stopped together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from local.sites.protocol import CACHES, SITES, SitePair
from local.sites.simulated.infinispan import SimulatedInfinispan
from local.sites.simulated.link import Link


class SimulatedPair(SitePair):
    """Two stand-ins that back each other up, with switches that real servers don't have: see `sites` and `link`."""

    def __init__(
        self,
        names: tuple[str, str] = SITES,
        *,
        caches: Sequence[str] = CACHES,
        detection_seconds: float = 0.0,
    ) -> None:
        super().__init__(names, caches)
        first, second = names
        self.link = Link(detection_seconds=detection_seconds)
        self.sites: Mapping[str, SimulatedInfinispan] = {
            name: SimulatedInfinispan(
                name, peer, caches, (self.admin, self.observer), self.authority.issue(name), self.link
            )
            for name, peer in ((first, second), (second, first))
        }
        self.sites[first].connect(self.sites[second])
        self.sites[second].connect(self.sites[first])

    def start(self) -> None:
        for site in self.sites.values():
            site.start()

    def stop(self) -> None:
        for site in self.sites.values():
            site.stop()

    @property
    def link_is_cut(self) -> bool:
        return self.link.is_cut

    def cut(self) -> None:
        self.link.cut()

    def heal(self) -> None:
        self.link.heal()

    def kill(self, site: str) -> None:
        self.sites[site].stop()

    def restart(self, site: str) -> None:
        self.sites[site].restart()

    def reset(self) -> None:
        """Every switch is off too, and the operations are forgotten that they were asked for."""
        self.link.heal()
        for site in self.sites.values():
            site.reset()
