"""The sites' Infinispans, as they present themselves over HTTPS: what each one says of the other."""

from __future__ import annotations

from dataclasses import dataclass

from urllib3.util import Timeout

from local.sites.client import BACKUPS, UNREACHABLE
from local.sites.protocol import SitePair

NOT_REACHED = "unreachable"


@dataclass(frozen=True)
class InfinispanView:
    """Asks both Infinispans, as the administrator."""

    sites: SitePair
    timeout_seconds: float = 2.0

    def look(self, site: str) -> tuple[str, list[str] | None]:
        """What the site says of its backups to the other one, and which sites it sees.

        The first is online, offline or mixed; "unreachable" when nothing answers. The second is empty when the node
        that answers doesn't know, None when nothing answers.
        """
        client = self.sites.client(site, timeout=self._timeout)
        try:
            sees = client.sees()
            return client.json(BACKUPS)[self.sites.other(site)]["status"], sees
        except UNREACHABLE:
            return NOT_REACHED, None

    def accepts_writes(self, site: str) -> bool:
        """See `SitePair.accepts_writes`."""
        return self.sites.accepts_writes(site, timeout=self._timeout)

    @property
    def _timeout(self) -> Timeout:
        return Timeout(total=self.timeout_seconds)
