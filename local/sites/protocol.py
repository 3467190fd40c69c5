"""What two sites offer, whoever runs them: simulated ones in this process, or real servers."""

from __future__ import annotations

import secrets
from abc import abstractmethod
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Protocol

from urllib3.util import Timeout

from local.lifecycle import Startable
from local.processes import Process, wait_until
from local.sites.accounts import User
from local.sites.certificates import Authority
from local.sites.client import TIMEOUT, UNREACHABLE, InfinispanClient

SITES = ("site-a", "site-b")
CACHES = ("authenticationSessions", "sessions")


class InfinispanSite(Protocol):
    """One site's Infinispan."""

    @property
    def url(self) -> str:
        """Where its REST API is: https, without a path. The same over all restarts."""


class SitePair(Startable):
    """Two sites with Infinispan, each backing up all of its caches to the other: SYNC, with failure policy FAIL.

    A context manager. `sites` maps a site's name to its Infinispan, whose certificate is from `authority`. `admin` may
    do everything, `observer` may only look; their passwords are new each time.

    Methods that take a site raise ValueError when there is no such site.
    """

    sites: Mapping[str, InfinispanSite]

    def __init__(self, names: tuple[str, str], caches: Iterable[str]) -> None:
        first, second = names
        if first == second:
            raise ValueError(f"Two sites need two names, both are {first!r}.")
        self.names = names
        self.caches = tuple(caches)
        self.authority = Authority()
        self.admin = User("admin", secrets.token_urlsafe(12), "admin")
        self.observer = User("observer", secrets.token_urlsafe(12), "observer")

    @property
    @abstractmethod
    def link_is_cut(self) -> bool: ...

    @abstractmethod
    def cut(self) -> None:
        """Cut the link; both sites go on running. Harmless when it is cut. Returns before the sites notice."""

    @abstractmethod
    def heal(self) -> None:
        """Restore the link. Harmless when it is there. Returns before the sites see each other."""

    @abstractmethod
    def kill(self, site: str) -> None:
        """End that site's Infinispan as kill -9 does."""

    @abstractmethod
    def restart(self, site: str) -> None:
        """Kill that site's Infinispan, start it, and return when it answers. What it had in memory is forgotten."""

    @abstractmethod
    def reset(self) -> None:
        """Make everything as it was at the start: both sites run, see each other and back each other up."""

    def other(self, site: str) -> str:
        """The site that the given one backs up to."""
        if site not in self.names:
            raise ValueError(f"There is no site {site!r}, only {' and '.join(self.names)}.")
        first, second = self.names
        return second if site == first else first

    def client(self, site: str, user: User | None = None, *, timeout: Timeout = TIMEOUT) -> InfinispanClient:
        """Talks to that site's Infinispan, as `admin` unless another user is given."""
        self.other(site)
        return InfinispanClient(self.sites[site].url, self.authority.pem, user or self.admin, timeout)

    def accepts_writes(self, site: str, *, timeout: Timeout = TIMEOUT) -> bool:
        """Whether a write succeeds there now, in every cache: a login needs them all. It stores a value of its own."""
        client = self.client(site, timeout=timeout)
        try:
            statuses = (client.put_value(cache, "probe", "probe").status for cache in self.caches)
            return all(status == HTTPStatus.NO_CONTENT for status in statuses)
        except UNREACHABLE:
            return False

    def backup_status(self, site: str) -> str:
        """What that site says of its backups to the other one: online, offline or mixed."""
        return self.client(site).backup_status(self.other(site))

    def wait_until_view(self, site: str, view: Iterable[str], timeout: float) -> None:
        """Return when that site sees exactly these sites.

        Raises:
            TimeoutError: it doesn't within `timeout` seconds.
            ProcessEnded: its Infinispan has ended.
        """
        wanted = set(view)
        client = self.client(site)
        what = f"{site} sees {', '.join(sorted(wanted))} and nobody else"
        wait_until(what, lambda: set(client.sees()) == wanted, seconds=timeout, processes=self._processes(site))

    def _processes(self, _site: str) -> Iterable[Process]:
        """What must go on running while that site is waited for."""
        return ()
