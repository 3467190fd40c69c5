"""What containers connect to, on an address of this machine, ends where it listens on its loopback."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from socketserver import BaseRequestHandler, ThreadingTCPServer

import pytest

from local.sam.containers.bridge import Bridge

# Stands for the address on the containers' bridge.
OTHER_ADDRESS = "127.0.0.2"


class Echo(BaseRequestHandler):
    def handle(self) -> None:
        while data := self.request.recv(65536):
            self.request.sendall(data.upper())


@pytest.fixture
def echo_port() -> Iterator[int]:
    with ThreadingTCPServer(("127.0.0.1", 0), Echo) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,)).start()
        yield server.server_address[1]
        server.shutdown()


def test_both_directions_are_carried_until_both_ends_close(echo_port: int) -> None:
    sent = b"x" * 1_000_000
    received = b""
    with (
        Bridge(OTHER_ADDRESS, {echo_port: echo_port}),
        socket.create_connection((OTHER_ADDRESS, echo_port)) as connection,
    ):
        threading.Thread(target=send_and_close, args=(connection, sent)).start()
        while data := connection.recv(65536):
            received += data
    assert received == sent.upper()


def send_and_close(connection: socket.socket, data: bytes) -> None:
    connection.sendall(data)
    connection.shutdown(socket.SHUT_WR)


def test_nothing_listens_after_the_context(echo_port: int) -> None:
    with Bridge(OTHER_ADDRESS, {echo_port: echo_port}):
        pass
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((OTHER_ADDRESS, echo_port))


def test_a_closed_target_ends_the_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with Bridge(OTHER_ADDRESS, {port: port}), socket.create_connection((OTHER_ADDRESS, port)) as connection:
        assert connection.recv(1) == b""


def test_a_taken_port_is_said_at_once_and_nothing_stays_open(echo_port: int) -> None:
    with socket.create_server((OTHER_ADDRESS, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match="in use"), Bridge(OTHER_ADDRESS, {echo_port: echo_port, port: port}):
            pass
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((OTHER_ADDRESS, echo_port))
