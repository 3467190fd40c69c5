"""The Lambda Runtime API of one process: it fetches its invocations here and posts their answers back.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html, as far as awslambdaric uses it.
"""

from __future__ import annotations

import queue
import sys
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from local.aws.lambda_invocation import InvocationResult

NEXT_INVOCATION = "/2018-06-01/runtime/invocation/next"
INIT_ERROR = "/2018-06-01/runtime/init/error"


@dataclass(frozen=True)
class Invocation:
    request_id: str
    payload: bytes
    timeout: float
    function_arn: str
    trace_id: str


@dataclass(frozen=True)
class Started:
    """The process has taken the invocation: its timeout runs from now on."""


@dataclass(frozen=True)
class Exited:
    """The process has ended. `returncode` is negative when a signal ended it."""

    returncode: int


Event = Started | InvocationResult | Exited


class RuntimeApi(ThreadingHTTPServer):
    """Serves on a loopback port of its own from the moment it is made until `close`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.invocations: queue.Queue[Invocation | None] = queue.Queue()
        self.events: queue.Queue[Event] = queue.Queue()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), name="runtime-api", daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A process that is killed drops its connection, which is nothing to report."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def close(self) -> None:
        self.invocations.put(None)
        self.shutdown()
        self.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # header and body in one packet; in two, a delayed acknowledgement costs 40 ms and more

    @property
    def api(self) -> RuntimeApi:
        return cast(RuntimeApi, self.server)

    def do_GET(self) -> None:
        if self.path != NEXT_INVOCATION:
            return self._reply(404)
        invocation = self.api.invocations.get()
        if invocation is None:
            self.close_connection = True
            return None
        self.api.events.put(Started())
        return self._reply(
            200,
            invocation.payload,
            {
                "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
                "Lambda-Runtime-Deadline-Ms": str(int((time.time() + invocation.timeout) * 1000)),
                "Lambda-Runtime-Invoked-Function-Arn": invocation.function_arn,
                "Lambda-Runtime-Trace-Id": invocation.trace_id,
            },
        )

    def do_POST(self) -> None:
        payload = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._reply(202, b'{"status":"OK"}')
        self.wfile.flush()
        self.api.events.put(InvocationResult(payload, failed=self.path.endswith("/error")))

    def _reply(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Silent: what a function does is in its own log."""
