"""Programs that run beside this one: each with a log file, stopped by its process id."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from local.lifecycle import Startable

STOP_SECONDS = 10.0
LOOPBACK = "127.0.0.1"


class ProcessEnded(Exception):
    """A program that should go on running has ended. The message holds the end of its log."""


class Process(Startable):
    """A program with its output in a log file. A context manager; may be started again after it was stopped."""

    def __init__(self, name: str, command: Sequence[str], *, directory: Path) -> None:
        """`directory` is the program's working directory, and gets the file NAME.log."""
        self.name = name
        self.log = directory / f"{name}.log"
        self._command = tuple(command)
        self._directory = directory
        self._running: subprocess.Popen[bytes] | None = None
        self.is_suspended = False

    @property
    def is_running(self) -> bool:
        return self._running is not None and self._running.poll() is None

    def start(self) -> None:
        """Start the program. Harmless when it runs."""
        if self.is_running:
            return
        self.is_suspended = False
        with self.log.open("ab") as log:
            self._running = subprocess.Popen(
                self._command,
                cwd=self._directory,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Or else Ctrl-C would end it before its turn, and the end of the shell would resume it while suspended.
                start_new_session=True,
            )

    def stop(self) -> None:
        """End the program with SIGTERM, and with SIGKILL if that takes too long. Harmless when it has ended."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End the program as kill -9 does. Harmless when it has ended."""
        self._end(signal.SIGKILL)

    def suspend(self) -> None:
        """Let the program stand still as it is: its connections stay open, but nothing passes. Harmless twice."""
        self._signal(signal.SIGSTOP)
        self.is_suspended = True

    def resume(self) -> None:
        """Let a suspended program go on. Harmless when it runs."""
        self._signal(signal.SIGCONT)
        self.is_suspended = False

    def check(self) -> None:
        """Make sure that it still runs.

        Raises:
            ProcessEnded: it doesn't.
        """
        if not self.is_running:
            raise ProcessEnded(f"{self.name} has ended. Its log, {self.log}, ends with:\n{self.last_lines()}")

    def last_lines(self, count: int = 20) -> str:
        """The end of the log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:]) if self.log.exists() else ""

    def _signal(self, which: signal.Signals) -> None:
        if self._running is not None:
            self._running.send_signal(which)

    def _end(self, how: signal.Signals) -> None:
        if self._running is None:
            return
        self._signal(how)
        # A suspended program would not notice.
        self._signal(signal.SIGCONT)
        try:
            self._running.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._running.kill()
            self._running.wait()
        self._running = None


def free_ports(count: int) -> list[int]:
    """Ports of the loopback interface that nobody listens on at the moment, all different."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind((LOOPBACK, 0))
        return [each.getsockname()[1] for each in sockets]


def wait_until(
    what: str, condition: Callable[[], bool], *, seconds: float, processes: Iterable[Process] = (), every: float = 0.1
) -> None:
    """Return when the condition holds. `what` completes the sentence "… did not happen": "the view is complete".

    Raises:
        TimeoutError: it doesn't within `seconds`.
        ProcessEnded: one of the processes has ended meanwhile.
    """
    watched = tuple(processes)
    deadline = time.monotonic() + seconds
    while not condition():
        for process in watched:
            process.check()
        if time.monotonic() > deadline:
            raise TimeoutError(f"Waited {seconds:g} s in vain for this: {what}.")
        time.sleep(every)


def private_file(path: Path, content: str | bytes) -> Path:
    """Write a file that only this user may read."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content.encode() if isinstance(content, str) else content)
    return path
