"""An HTTPS server on 127.0.0.1, in a thread, that keeps its port when it is stopped and started again."""

from __future__ import annotations

import logging
import socket
import ssl
import sys
import threading
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

HOST = "127.0.0.1"
SHUTDOWN_POLL_SECONDS = 0.02
logger = logging.getLogger(__name__)


class HttpsServer:
    """Serves a WSGI application over TLS. Start and stop may alternate; `url` stays what it was at the first start."""

    def __init__(self, application: WSGIApplication, context: ssl.SSLContext, *, port: int = 0) -> None:
        self._application = application
        self._context = context
        self._port = port
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """The base URL, known from the first start on (or from the beginning when the port was given)."""
        if not self._port:
            raise RuntimeError("The server has no port before its first start.")
        return f"https://localhost:{self._port}"

    @property
    def is_running(self) -> bool:
        return self._server is not None

    def start(self) -> None:
        """Listens from now on. Does nothing when it is running already.

        Raises:
            OSError: the port is taken.
        """
        if self._server is not None:
            return
        server = _Server((HOST, self._port), _Handler)
        server.tls = self._context
        server.set_app(self._application)
        self._port = server.server_port
        self._server = server
        self._thread = threading.Thread(
            target=server.serve_forever, args=(SHUTDOWN_POLL_SECONDS,), name=f"https-{self._port}", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Closes the listening socket and every open connection, as the end of a process would."""
        server, thread = self._server, self._thread
        self._server = self._thread = None
        if server is None or thread is None:
            return
        server.shutdown()
        thread.join()
        server.server_close()
        server.drop_connections()


class _Handler(WSGIRequestHandler):
    # A client that connects and then says nothing must not hold its thread for ever.
    timeout = 60

    def setup(self) -> None:
        self.request.settimeout(self.timeout)
        self.request.do_handshake()
        super().setup()

    def log_message(self, format: str, *args: Any) -> None:
        logger.debug(format, *args)


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    tls: ssl.SSLContext

    def __init__(self, address: tuple[str, int], handler: type[_Handler]) -> None:
        self._connections: set[socket.socket] = set()
        self._connections_lock = threading.Lock()
        super().__init__(address, handler)

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        # The handshake happens in the connection's own thread: here, a silent client would block all others.
        secured = self.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        with self._connections_lock:
            self._connections.add(secured)
        return secured, address

    def shutdown_request(self, request: Any) -> None:
        with self._connections_lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        # Mostly clients that don't trust the certificate, or that went away: theirs to report.
        logger.debug("The connection from %s ended with an error: %r", client_address, sys.exception())

    def drop_connections(self) -> None:
        with self._connections_lock:
            connections = list(self._connections)
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                logger.debug("The connection was closed already.")
