"""Two real sites with a link that can be cut. Offers what the contract test asks of a pair."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Iterable, Mapping
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any

import urllib3

from local.lifecycle import Startable
from local.processes import LOOPBACK, Process, free_ports, wait_until
from local.sites.accounts import User
from local.sites.certificates import Authority
from local.sites.real.jars import class_path
from local.sites.real.server import InfinispanServer, SitePlan
from local.tools import JAVA, path_of

VIEW_SECONDS = 60.0
PUSH_SECONDS = 60.0
BACKUPS = "/rest/v2/container/x-site/backups"


class RealPair(Startable):
    """Two Infinispan sites and the GossipRouter between them. A context manager; `sites` maps a site's name to it."""

    def __init__(self, version: str, names: tuple[str, str] = ("site-a", "site-b"), *, directory: Path) -> None:
        """`directory` gets the servers' folders and logs; it should be new.

        Raises:
            ToolsMissing: Java or Maven isn't installed.
            DownloadFailed: the servers could not be fetched.
        """
        self.version = version
        self.names = names
        self.authority = Authority()
        self.admin = User("admin", secrets.token_urlsafe(12), "admin")
        self.observer = User("observer", secrets.token_urlsafe(12), "observer")
        link_port, *ports = free_ports(5)
        router = ("-cp", class_path(version), "org.jgroups.stack.GossipRouter")
        self.link = Process(
            "link",
            (path_of(JAVA), "-Xmx64m", *router, "-port", str(link_port), "-bind_addr", LOOPBACK),
            directory=directory,
        )
        plans = (
            SitePlan(names[0], names[1], rest_port=ports[0], cluster_port=ports[1], link_port=link_port),
            SitePlan(names[1], names[0], rest_port=ports[2], cluster_port=ports[3], link_port=link_port),
        )
        self.sites: Mapping[str, InfinispanServer] = {
            plan.site: InfinispanServer(
                version, plan, users=(self.admin, self.observer), authority=self.authority, directory=directory
            )
            for plan in plans
        }
        self._pool = urllib3.PoolManager(ca_cert_data=self.authority.pem, timeout=10.0, retries=False)

    def start(self) -> None:
        """Start everything at once, and return when the sites see each other.

        Raises:
            TimeoutError, ProcessEnded: they don't come up. Whatever was started is stopped.
        """
        try:
            self.link.start()
            for site in self.sites.values():
                site.start()
            for site in self.sites.values():
                site.wait_until_it_answers()
            for name in self.names:
                self.wait_until_view(name, self.names, VIEW_SECONDS)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        for site in self.sites.values():
            site.kill()
        self.link.stop()

    def cut(self) -> None:
        """Cut the link; both sites go on running. They notice after about six seconds."""
        # Suspended and not ended: packets vanish as they do in a broken network. And JGroups' TUNNEL finds its way back
        # to a router that was ended and started once, but not to one that was so twice (seen with 16.0.7 and 15.0.21).
        self.link.suspend()

    def heal(self) -> None:
        """Restore the link. The sites see each other after about five seconds."""
        self.link.resume()

    @property
    def link_is_cut(self) -> bool:
        return self.link.is_suspended

    def restart(self, site: str) -> None:
        """Kill that site's Infinispan (as kill -9 does), start it, and return when it answers."""
        self.sites[site].kill()
        self.sites[site].start()
        self.sites[site].wait_until_it_answers()

    def get(self, site: str, path: str) -> Any:
        """The JSON that a site answers to GET as `admin`.

        Raises:
            urllib3.exceptions.HTTPError: it doesn't answer, or not with 200.
        """
        return self._request("GET", site, path).json()

    def put(self, site: str, key: str, text: str, *, cache: str = "sessions") -> int:
        """Write one entry; the HTTP status: 204 if both sites have it (or one was taken offline), 500 if not.

        Raises:
            urllib3.exceptions.HTTPError: it doesn't answer, or otherwise.
        """
        path = f"/rest/v2/caches/{cache}/{key}"
        return self._request("PUT", site, path, body=text.encode(), accepted=(204, 500)).status

    def value(self, site: str, key: str, *, cache: str = "sessions") -> str | None:
        """The text of an entry as that site has it, or None."""
        response = self._request("GET", site, f"/rest/v2/caches/{cache}/{key}", accepted=(200, 404))
        return response.data.decode() if response.status == HTTPStatus.OK else None

    def accepts_writes(self, site: str) -> bool:
        """Whether a write succeeds there now."""
        try:
            return self.put(site, "probe", "probe") == HTTPStatus.NO_CONTENT
        except urllib3.exceptions.HTTPError:
            return False

    def other(self, site: str) -> str:
        """The site that the given one backs up to."""
        first, second = self.names
        return second if site == first else first

    def backup_status(self, site: str) -> str:
        """What a site's Infinispan says of its backups to the other one: online, offline or mixed."""
        return str(self.get(site, f"{BACKUPS}/{self.other(site)}")["status"])

    def restore(self, survivor: str) -> None:
        """Bring the other site's data up to date, as docs/operating.md tells operators to. They see each other.

        Raises:
            RuntimeError: a cache refuses.
            TimeoutError: the data doesn't arrive.
        """
        stale = self.other(survivor)
        caches = self._operate(stale, "take-offline")
        # Or else the survivor's caches would be cleared too.
        if (status := self.backup_status(stale)) != "offline":
            raise RuntimeError(f"{stale} says that {survivor} is {status}.")
        for cache in caches:
            self._request("POST", stale, f"/rest/v2/caches/{cache}?action=clear", accepted=(204,))
        self._operate(stale, "bring-online")
        for cache in self._operate(survivor, "start-push-state"):
            wait_until(f"{cache} is pushed", partial(self._is_pushed, survivor, cache), seconds=PUSH_SECONDS)

    def view_metric(self, site: str) -> float | None:
        """What a site's metrics say of the other one: 0 out of sight, 1 seen; None if they say nothing."""
        page = self._request("GET", site, "/metrics").data.decode()
        found = re.search(r"^(?:vendor_)?jgroups_site_view_status\{.*\} (\S+)$", page, re.MULTILINE)
        return float(found[1]) if found else None

    def sees(self, site: str) -> frozenset[str]:
        """The sites that this one sees, itself included."""
        return frozenset(self.get(site, "/rest/v2/container")["sites_view"])

    def wait_until_view(self, site: str, view: Iterable[str], timeout: float) -> None:
        """Return when that site sees exactly these sites.

        Raises:
            TimeoutError: it doesn't within `timeout` seconds.
            ProcessEnded: its Infinispan has ended.
        """
        wanted = frozenset(view)
        what = f"{site} sees {', '.join(sorted(wanted))} and nobody else"
        wait_until(what, lambda: self.sees(site) == wanted, seconds=timeout, processes=[self.sites[site].process])

    def _operate(self, site: str, action: str) -> list[str]:
        """Let a site do something about its backups to the other one; the caches that have such backups."""
        answer = self._request("POST", site, f"{BACKUPS}/{self.other(site)}?action={action}").json()
        if set(answer.values()) != {"ok"}:
            raise RuntimeError(f"{site} answered {answer} to {action}.")
        return sorted(answer)

    def _is_pushed(self, site: str, cache: str) -> bool:
        status = self.get(site, f"/rest/v2/caches/{cache}/x-site/backups?action=push-state-status")
        return bool(status == {self.other(site): "OK"})

    def _request(
        self, method: str, site: str, path: str, *, body: bytes | None = None, accepted: Collection[int] = (200,)
    ) -> urllib3.BaseHTTPResponse:
        headers = urllib3.make_headers(basic_auth=f"{self.admin.name}:{self.admin.password}")
        if body is not None:
            headers["Content-Type"] = "text/plain"
        response = self._pool.request(method, self.sites[site].url + path, body=body, headers=dict(headers))
        if response.status not in accepted:
            raise urllib3.exceptions.HTTPError(f"{site} answered {response.status} to {method} {path}.")
        return response
