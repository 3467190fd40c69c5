"""Two real sites with a link that can be cut."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path

from local.processes import LOOPBACK, Process, free_ports, wait_until
from local.sites.client import BACKUPS
from local.sites.protocol import CACHES, SITES, SitePair
from local.sites.real.jars import class_path
from local.sites.real.server import InfinispanServer, ServerPlan
from local.tools import JAVA, path_of

VIEW_SECONDS = 60.0
PUSH_SECONDS = 60.0


class RealPair(SitePair):
    """Two Infinispan servers and the GossipRouter between them."""

    def __init__(self, version: str, names: tuple[str, str] = SITES, *, directory: Path) -> None:
        """`directory` gets the servers' folders and logs; it should be new.

        Raises:
            ToolsMissing: Java or Maven isn't installed.
            DownloadFailed: the servers could not be fetched.
        """
        super().__init__(names, CACHES)
        self.version = version
        link_port, *ports = free_ports(5)
        router = ("-cp", class_path(version), "org.jgroups.stack.GossipRouter")
        self.link = Process(
            "link",
            (path_of(JAVA), "-Xmx64m", *router, "-port", str(link_port), "-bind_addr", LOOPBACK),
            directory=directory,
        )
        plans = (
            ServerPlan(names[0], names[1], rest_port=ports[0], cluster_port=ports[1], link_port=link_port),
            ServerPlan(names[1], names[0], rest_port=ports[2], cluster_port=ports[3], link_port=link_port),
        )
        self.sites: Mapping[str, InfinispanServer] = {
            plan.site: InfinispanServer(
                version, plan, users=(self.admin, self.observer), authority=self.authority, directory=directory
            )
            for plan in plans
        }

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
            self.wait_until_joined()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        for site in self.sites.values():
            site.kill()
        self.link.stop()

    def cut(self) -> None:
        """The sites notice after about six seconds."""
        # Suspended and not ended: packets vanish as they do in a broken network. And JGroups' TUNNEL finds its way back
        # to a router that was ended and started once, but not to one that was so twice (seen with 16.0.7 and 15.0.21).
        self.link.suspend()

    def heal(self) -> None:
        """The sites see each other after about five seconds."""
        self.link.resume()

    @property
    def link_is_cut(self) -> bool:
        return self.link.is_suspended

    def kill(self, site: str) -> None:
        self.sites[site].kill()

    def restart(self, site: str) -> None:
        self.sites[site].kill()
        self.sites[site].start()
        self.sites[site].wait_until_it_answers()

    def reset(self) -> None:
        """A site that doesn't back up to the other one loses its data to the other one's: see `restore`."""
        for server in self.sites.values():
            if not server.process.is_running:
                server.start()
                server.wait_until_it_answers()
        self.heal()
        self.wait_until_joined()
        for site in self.names:
            if self.backup_status(site) != "online":
                self.restore(site)

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
            self.client(stale).clear(cache)
        self._operate(stale, "bring-online")
        for cache in self._operate(survivor, "start-push-state"):
            wait_until(f"{cache} is pushed", partial(self._is_pushed, survivor, cache), seconds=PUSH_SECONDS)

    def view_metric(self, site: str) -> float | None:
        """What a site's metrics say of the other one: 0 out of sight, 1 seen; None if they say nothing."""
        page = self.client(site).text("/metrics")
        found = re.search(r"^(?:vendor_)?jgroups_site_view_status\{.*\} (\S+)$", page, re.MULTILINE)
        return float(found[1]) if found else None

    def wait_until_joined(self) -> None:
        """Return when both sites see each other. Raises as `wait_until_view` does."""
        for site in self.names:
            self.wait_until_view(site, self.names, VIEW_SECONDS)

    def _operate(self, site: str, action: str) -> list[str]:
        """Let a site do something about its backups to the other one; the caches that have such backups."""
        answer = self.client(site).operate(f"{BACKUPS}/{self.other(site)}?action={action}")
        if set(answer.values()) != {"ok"}:
            raise RuntimeError(f"{site} answered {answer} to {action}.")
        return sorted(answer)

    def _is_pushed(self, site: str, cache: str) -> bool:
        status = self.client(site).json(f"/rest/v2/caches/{cache}/x-site/backups?action=push-state-status")
        return bool(status == {self.other(site): "OK"})

    def _processes(self, site: str) -> Iterable[Process]:
        return [self.sites[site].process]
