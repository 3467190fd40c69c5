"""The link between two sites: which of them run, whether they reach each other, and what each one sees."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Link:
    """The cross-site connection of two Infinispan clusters. Thread-safe.

    A write over the link fails as soon as it is down. The members' *view* of each other follows later, as failure
    detection takes its time: `detection_seconds` (real servers with the usual settings need about five seconds).
    """

    def __init__(self, *, detection_seconds: float = 0.0, clock: Callable[[], float] = time.monotonic) -> None:
        # One lock for both sites: a replicated write changes the state of both of them at once.
        self.lock = threading.RLock()
        self._detection_seconds = detection_seconds
        self._clock = clock
        self._connected = True
        self._running: set[str] = set()
        self._lost_at: dict[str, float] = {}

    def join(self, site: str) -> None:
        """The site's Infinispan runs from now on."""
        with self.lock:
            self._running.add(site)
            self._lost_at.pop(site, None)

    def leave(self, site: str) -> None:
        """The site's Infinispan has ended."""
        with self.lock:
            self._running.discard(site)
            self._lost_at.setdefault(site, self._clock())

    def cut(self) -> None:
        """Both sites go on running, but nothing passes between them. Harmless when it is cut already."""
        with self.lock:
            if self._connected:
                self._connected = False
                self._lost_at.update({site: self._clock() for site in self._running})

    def heal(self) -> None:
        """The sites reach each other again. Nothing is replicated by that."""
        with self.lock:
            self._connected = True
            for site in self._running:
                self._lost_at.pop(site, None)

    @property
    def is_cut(self) -> bool:
        return not self._connected

    def reaches(self, site: str, other: str) -> bool:
        """Whether a write from `site` arrives at `other` now."""
        with self.lock:
            return self._connected and {site, other} <= self._running

    def sees(self, site: str, other: str) -> bool:
        """Whether the view of `site` still holds `other`: it is reached, or its loss was not noticed yet."""
        with self.lock:
            if site == other or self.reaches(site, other):
                return True
            lost_at = self._lost_at.get(other)
            return lost_at is not None and self._clock() - lost_at < self._detection_seconds
