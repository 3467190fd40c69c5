"""A webhook that only records what it is sent: it stands in for the stack where only the monitoring is looked at."""

from __future__ import annotations

import base64
import hmac
import json
import secrets
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from real.monitors import Webhook
from real.processes import LOOPBACK


@dataclass(frozen=True)
class Delivery:
    """One authenticated POST. `received` is in seconds of time.monotonic()."""

    received: float
    body: dict[str, Any]

    @property
    def labels(self) -> list[dict[str, str]]:
        """The labels of the alerts that fire in it."""
        return [alert["labels"] for alert in self.body["alerts"] if alert["status"] == "firing"]


class Receiver:
    """Answers 202 with the right credentials and 401 without. A context manager; `deliveries` may be read any time."""

    def __init__(self) -> None:
        self.deliveries: list[Delivery] = []
        username, password = "alertmanager", secrets.token_urlsafe(16)
        token = base64.b64encode(f"{username}:{password}".encode()).decode()
        self._server = ThreadingHTTPServer((LOOPBACK, 0), _handler(self, f"Basic {token}"))
        self._serving = threading.Thread(target=self._server.serve_forever, name="receiver", daemon=True)
        self.webhook = Webhook(f"http://{LOOPBACK}:{self._server.server_port}/", username, password)

    def __enter__(self) -> Self:
        self._serving.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._serving.join()
        self._server.server_close()


def _handler(receiver: Receiver, expected: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received = time.monotonic()
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if hmac.compare_digest(self.headers.get("Authorization", ""), expected):
                receiver.deliveries.append(Delivery(received, json.loads(body)))
                self._answer(202)
            else:
                self._answer(401)

        def _answer(self, status: int) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Silent: what came in is in `deliveries`."""

    return Handler
