"""What one Infinispan cluster holds in memory: the values, and per cache the status of the backup to the other site.

The rules are those of Infinispan 15.0 to 16.0 for caches with one SYNC backup and failure policy FAIL.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from local.sites.simulated.link import Link

ONLINE = "online"
OFFLINE = "offline"


class BackupFailedError(Exception):
    """A write reached the local cache but not the other site (failure policy FAIL)."""


@dataclass(frozen=True)
class Value:
    content: bytes
    content_type: str


@dataclass
class Cache:
    """A cache and its backup to the other site."""

    values: dict[str, Value] = field(default_factory=dict)
    backup_status: str = ONLINE
    push_state: str = "IDLE"


class ClusterState:
    """The caches of one site. Every method takes the link's lock, so that the two sites change as one."""

    def __init__(self, site: str, other_site: str, caches: Sequence[str], link: Link) -> None:
        self.site = site
        self.other_site = other_site
        self.link = link
        self._names = tuple(caches)
        self._caches = {name: Cache() for name in caches}
        self._refusals: dict[str, str] = {}
        self._other: ClusterState | None = None

    def connect(self, other: ClusterState) -> None:
        """Makes `other` the cluster that this one's writes are replicated to."""
        self._other = other

    @property
    def cache_names(self) -> tuple[str, ...]:
        return self._names

    def forget(self) -> None:
        """What the end of the process does: values and statuses were in memory only, so all of them are gone."""
        with self.link.lock:
            self._caches = {name: Cache() for name in self._names}

    def refuse(self, cache: str, reason: str | None) -> None:
        """From now on every cross-site operation on that cache fails with `reason`; None ends it."""
        with self.link.lock:
            self._cache(cache)
            if reason is None:
                self._refusals.pop(cache, None)
            else:
                self._refusals[cache] = reason

    def refuse_nothing(self) -> None:
        """Ends every refusal."""
        with self.link.lock:
            self._refusals.clear()

    def get(self, cache: str, key: str) -> Value | None:
        with self.link.lock:
            return self._cache(cache).values.get(key)

    def put(self, cache: str, key: str, value: Value) -> None:
        """Writes locally, then to the other site unless it was taken offline.

        Raises:
            BackupFailedError: the other site was not reached. The value stays in the local cache nevertheless.
        """
        with self.link.lock:
            self._cache(cache).values[key] = value
            if other := self._backup(cache):
                other.receive(cache, {key: value})

    def clear(self, cache: str) -> None:
        """Removes every value locally, then at the other site unless it was taken offline.

        Raises:
            BackupFailedError: the other site was not reached. The local cache is empty nevertheless.
        """
        with self.link.lock:
            self._cache(cache).values.clear()
            if other := self._backup(cache):
                other.receive_clear(cache)

    def receive(self, cache: str, values: Mapping[str, Value]) -> None:
        """Takes values over from the other site, whatever the status of the backup in the opposite direction is."""
        with self.link.lock:
            self._cache(cache).values.update(values)

    def receive_clear(self, cache: str) -> None:
        """The same for the removal of every value."""
        with self.link.lock:
            self._cache(cache).values.clear()

    def backup_status(self, cache: str) -> str:
        with self.link.lock:
            return self._cache(cache).backup_status

    def push_state(self, cache: str) -> str:
        with self.link.lock:
            return self._cache(cache).push_state

    def clear_push_state(self, cache: str) -> None:
        """Forgets how the last push ended."""
        with self.link.lock:
            self._cache(cache).push_state = "IDLE"

    def container_status(self) -> dict[str, Any]:
        """The status over all caches, as the container's resource shows it."""
        with self.link.lock:
            by_status: dict[str, list[str]] = {ONLINE: [], OFFLINE: []}
            for name, cache in self._caches.items():
                by_status[cache.backup_status].append(name)
        if not by_status[OFFLINE]:
            return {"status": ONLINE}
        if not by_status[ONLINE]:
            return {"status": OFFLINE}
        return {"status": "mixed", **by_status, "mixed": []}

    def take_offline(self, cache: str) -> str:
        """Stops backing that cache up to the other site. Returns "ok" also when it was offline already."""

        def operation(entry: Cache) -> str:
            entry.backup_status = OFFLINE
            return "ok"

        return self._operate(cache, operation)

    def bring_online(self, cache: str) -> str:
        """Backs that cache up again; neither pushes values nor checks that the other site is there."""

        def operation(entry: Cache) -> str:
            entry.backup_status = ONLINE
            return "ok"

        return self._operate(cache, operation)

    def start_push_state(self, cache: str) -> str:
        """Brings the other site online, then copies every value to it. It stays online when the copy fails."""

        def operation(entry: Cache) -> str:
            entry.backup_status = ONLINE
            entry.push_state = "SENDING"
            if self._other is None or not self.link.reaches(self.site, self.other_site):
                return f"Unable to pushState to '{self.other_site}'. Site {self.other_site} is unreachable"
            self._other.receive(cache, entry.values)
            entry.push_state = "OK"
            return "ok"

        return self._operate(cache, operation)

    def _backup(self, cache: str) -> ClusterState | None:
        """Where a write goes besides here; None when the other site was taken offline."""
        if self._cache(cache).backup_status == OFFLINE:
            return None
        if self._other is None or not self.link.reaches(self.site, self.other_site):
            raise BackupFailedError(
                f"ISPN000400: Node {self.other_site} was suspected. "
                f"The local cache {cache} failed to backup data to the remote sites: {self.other_site}"
            )
        return self._other

    def _operate(self, cache: str, operation: Callable[[Cache], str]) -> str:
        with self.link.lock:
            if cache in self._refusals:
                return f"Exception on {cache} : {self._refusals[cache]}"
            return operation(self._cache(cache))

    def _cache(self, name: str) -> Cache:
        return self._caches[name]
