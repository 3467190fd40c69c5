"""Where a function's output goes: a file to read, and CloudWatch Logs for `sam logs`."""

from __future__ import annotations

import threading
import time
import uuid
from pathlib import Path

from moto.awslambda.models import LambdaFunction
from moto.logs.models import logs_backends


class LogStream:
    """The log stream of one process. Lines of all processes of a function end up in one file."""

    def __init__(self, function: LambdaFunction, directory: Path) -> None:
        self.group: str = function.logs_group_name
        self.name = f"{time.strftime('%Y/%m/%d', time.gmtime())}/[$LATEST]{uuid.uuid4().hex}"
        self.file = directory / f"{function.function_name}.log"
        self._backend = logs_backends[function.account_id][function.region]
        self._lock = threading.Lock()
        self._since_last_invocation = b""

    def start_invocation(self) -> None:
        """Begin the part that `tail` returns."""
        with self._lock:
            self._since_last_invocation = b""

    def tail(self) -> bytes:
        """What was written since the invocation started."""
        with self._lock:
            return self._since_last_invocation

    def write(self, line: bytes) -> None:
        """Append one line. awslambdaric separates the lines of a traceback by carriage returns."""
        text = line.rstrip(b"\r\n").replace(b"\r", b"\n") + b"\n"
        with self._lock:
            self._since_last_invocation += text
            with self.file.open("ab") as file:
                file.write(text)
            self._backend.ensure_log_group(self.group)
            self._backend.ensure_log_stream(self.group, self.name)
            event = {"timestamp": int(time.time() * 1000), "message": text.decode(errors="replace").rstrip("\n")}
            self._backend.put_log_events(self.group, self.name, [event])
