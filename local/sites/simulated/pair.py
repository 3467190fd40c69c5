"""Two simulated sites with a link between them and one certificate authority: started and stopped together."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence

from local.lifecycle import Startable
from local.sites.accounts import User
from local.sites.certificates import Authority
from local.sites.simulated.infinispan import SimulatedInfinispan
from local.sites.simulated.link import Link

CACHES = ("authenticationSessions", "sessions")


class SitePair(Startable):
    """Two stand-ins that back each other up. A context manager; `sites` maps a site's name to it.

    `admin` may do everything, `observer` may only look. Their passwords are new in every process.
    """

    def __init__(
        self,
        names: tuple[str, str] = ("site-a", "site-b"),
        *,
        caches: Sequence[str] = CACHES,
        detection_seconds: float = 0.0,
    ) -> None:
        first, second = names
        if first == second:
            raise ValueError(f"Two sites need two names, both are {first!r}.")
        self.caches = tuple(caches)
        self.authority = Authority()
        self.link = Link(detection_seconds=detection_seconds)
        self.admin = User("admin", secrets.token_urlsafe(12), "admin")
        self.observer = User("observer", secrets.token_urlsafe(12), "observer")
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
