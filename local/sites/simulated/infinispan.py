"""A stand-in for one site's Infinispan: an HTTPS server that behaves as real ones do when sites lose each other."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from local.sites.accounts import User
from local.sites.certificates import ServerCertificate
from local.sites.simulated.link import Link
from local.sites.simulated.rest import InfinispanRest, NodeSettings, Operation
from local.sites.simulated.server import HttpsServer
from local.sites.simulated.state import ClusterState

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

# Longer than any client here waits, short enough that no thread outlives a test run by much.
SILENCE_LIMIT_SECONDS = 60.0


class SimulatedInfinispan:
    """One site's Infinispan. Two of them share a `Link`; each must be told of the other by `connect`.

    Args:
        name: the site's name; also its Infinispan site name.
        peer: the other site's name.
        caches: names of the caches, all of them backed up to the peer (SYNC, failure policy FAIL).
        users: who may log in, and as what.
        certificate: what the server shows; issue it from an Authority.
        link: what connects the two sites.
        port: TCP port on 127.0.0.1; 0 takes a free one at the first start and keeps it.
    """

    def __init__(
        self,
        name: str,
        peer: str,
        caches: Sequence[str],
        users: Iterable[User],
        certificate: ServerCertificate,
        link: Link,
        *,
        port: int = 0,
    ) -> None:
        self.name = name
        self.peer = peer
        self.link = link
        self._state = ClusterState(name, peer, caches, link)
        self._rest = InfinispanRest(self._state, users, NodeSettings(f"{name}-0"))
        self._server = HttpsServer(self._application, certificate.server_context(), port=port)
        self._answers = threading.Event()
        self._answers.set()

    def connect(self, peer: SimulatedInfinispan) -> None:
        """Makes `peer` the one that this site's writes are replicated to."""
        self._state.connect(peer._state)

    @property
    def url(self) -> str:
        """The base URL (https, `localhost`); the same over all restarts."""
        return self._server.url

    @property
    def is_running(self) -> bool:
        return self._server.is_running

    def start(self) -> None:
        """Starts the server and joins the peer. Does nothing when it is running."""
        self._server.start()
        self.link.join(self.name)

    def stop(self) -> None:
        """Ends it as `kill -9` would: connections break, and everything it knew is forgotten."""
        self.link.leave(self.name)
        self._server.stop()
        self._answers.set()
        self._state.forget()

    def restart(self) -> None:
        """Ends and starts it again at the same URL. Values and `offline` are forgotten, as they were in memory only."""
        self.stop()
        self.start()

    def reset(self) -> None:
        """Restarts it with every switch off, no refusals and an empty list of operations."""
        self._state.refuse_nothing()
        self.be_relay_node(is_relay=True)
        self.restart()
        self.forget_operations()

    def refuse_cache(self, cache: str, reason: str | None) -> None:
        """Cross-site operations on that cache fail with `reason` from now on, with HTTP 200. None ends it.

        Raises:
            KeyError: there is no such cache.
        """
        self._state.refuse(cache, reason)

    def fall_silent(self) -> None:
        """Accepts connections, but answers nothing until `answer_again` or for 60 seconds; then it hangs up."""
        self._answers.clear()

    def answer_again(self) -> None:
        self._answers.set()

    def be_relay_node(self, *, is_relay: bool) -> None:
        """A node that isn't a relay node shows an empty `sites_view` and can't tell whether the peer is there."""
        self._rest.node = replace(self._rest.node, is_relay=is_relay)

    @property
    def operations(self) -> tuple[Operation, ...]:
        """The cross-site operations that it was asked for, oldest first, over all restarts."""
        return self._rest.operations

    def forget_operations(self) -> None:
        self._rest.forget_operations()

    def _application(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not self._answers.is_set():
            self._answers.wait(SILENCE_LIMIT_SECONDS)
            raise ConnectionAbortedError("This server was told not to answer.")
        return self._rest(environ, start_response)
