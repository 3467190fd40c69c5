"""The sites' Infinispans, as they present themselves over HTTPS: what each one says of the other."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import urllib3

from local.sites.certificates import client_context
from local.sites.simulated.infinispan import SimulatedInfinispan
from local.sites.simulated.pair import SitePair

BACKUPS = "/rest/v2/container/x-site/backups"
UNREACHABLE = "unreachable"
PROBE_KEY = "world-probe"


@dataclass(frozen=True)
class InfinispanView:
    """Asks both Infinispans, as the administrator, with the authority's certificate."""

    sites: SitePair
    timeout_seconds: float = 2.0

    def look(self, site: str) -> tuple[str, list[str] | None]:
        """What the site says of its backups to the other one, and which sites it sees.

        The first is online, offline or mixed; "unreachable" when nothing answers. The second is empty when the node
        that answers doesn't know, None when nothing answers.
        """
        container = self._get(site, "/rest/v2/container")
        backups = None if container is None else self._get(site, BACKUPS)
        if container is None or backups is None:
            return UNREACHABLE, None
        return str(backups[self.sites.sites[site].peer]["status"]), list(container["sites_view"])

    def accepts_writes(self, site: str) -> bool:
        """Whether a write succeeds there, in every cache: a login needs them all. It stores a value of its own."""
        return all(self._accepts_write(site, cache) for cache in self.sites.caches)

    def _accepts_write(self, site: str, cache: str) -> bool:
        response = self._request("PUT", self.sites.sites[site], f"/rest/v2/caches/{cache}/{PROBE_KEY}", b"probe")
        return response is not None and response.status == HTTPStatus.NO_CONTENT

    def _get(self, site: str, path: str) -> Any:
        response = self._request("GET", self.sites.sites[site], path)
        if response is None:
            return None
        if response.status != HTTPStatus.OK:
            raise RuntimeError(f"{site}'s Infinispan answered {response.status} to GET {path}: {response.data!r}")
        return response.json()

    def _request(
        self, method: str, site: SimulatedInfinispan, path: str, body: bytes | None = None
    ) -> urllib3.BaseHTTPResponse | None:
        admin = self.sites.admin
        headers = urllib3.make_headers(basic_auth=f"{admin.name}:{admin.password}")
        timeout = urllib3.Timeout(total=self.timeout_seconds)
        context = client_context(self.sites.authority.pem)
        with urllib3.PoolManager(ssl_context=context, timeout=timeout, retries=False) as pool:
            try:
                return pool.request(method, site.url + path, body=body, headers=headers)
            except (
                urllib3.exceptions.TimeoutError,
                urllib3.exceptions.ProtocolError,
                urllib3.exceptions.NewConnectionError,
            ):
                return None
