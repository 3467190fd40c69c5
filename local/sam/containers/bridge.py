"""What listens on this machine's loopback becomes reachable for containers, and for them only, under the same name.

Containers have a loopback of their own. They are told that "localhost" is, after that one, the machine's address on
their bridge (`sam local ... --add-host`), and there a forwarder listens. So certificates for "localhost" hold, too.
"""

from __future__ import annotations

import selectors
import socket
import threading
from collections.abc import Mapping
from socketserver import BaseRequestHandler, ThreadingTCPServer
from types import TracebackType
from typing import Self

BUFFER_BYTES = 65536
LOOPBACK = "127.0.0.1"


class Bridge:
    """Forwards connections while the context lasts.

    address: this machine's address on the containers' bridge. ports: where containers connect -> where it listens here.
    """

    def __init__(self, address: str, ports: Mapping[int, int]) -> None:
        self._address = address
        self._ports = ports
        self._servers: list[ThreadingTCPServer] = []

    def __enter__(self) -> Self:
        try:
            for port, target in self._ports.items():
                self._servers.append(_listen((self._address, port), target))
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def _close(self) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()
        self._servers.clear()


class _Server(ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    target: int


class _Connection(BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        try:
            inner = socket.create_connection((LOOPBACK, self.server.target))
        except ConnectionRefusedError:
            return  # nothing listens there (any more): the container sees its connection end
        with inner:
            _copy_both_ways(self.request, inner)


def _listen(address: tuple[str, int], target: int) -> _Server:
    server = _Server(address, _Connection)
    server.target = target
    threading.Thread(target=server.serve_forever, args=(0.05,), name=f"bridge to {target}", daemon=True).start()
    return server


def _copy_both_ways(one: socket.socket, other: socket.socket) -> None:
    peers = {one: other, other: one}
    with selectors.DefaultSelector() as selector:
        for connection in peers:
            selector.register(connection, selectors.EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select():
                source = key.fileobj
                assert isinstance(source, socket.socket)
                try:
                    data = source.recv(BUFFER_BYTES)
                    if data:
                        peers[source].sendall(data)
                        continue
                    selector.unregister(source)
                    peers[source].shutdown(socket.SHUT_WR)
                except OSError:
                    return  # one side is gone, and so is the conversation
