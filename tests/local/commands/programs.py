"""Programs of this project as processes of their own, and what is left of them."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]
START_SECONDS = 240.0
STOP_SECONDS = 60.0


class Program:
    """`python -m local ...`, started in a process group of its own; its output goes to a file."""

    def __init__(self, arguments: list[str], output: Path) -> None:
        self._output = output
        with output.open("w") as file:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "local", *arguments],
                cwd=PROJECT,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        return self._output.read_text()

    def wait_until_it_says(self, text: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        while text not in self.output:
            assert self._process.poll() is None, f"It ended before it said {text!r}:\n{self.output}"
            assert time.monotonic() < deadline, f"It never said {text!r}:\n{self.output}"
            time.sleep(0.1)

    def end(self, with_signal: signal.Signals = signal.SIGTERM) -> int:
        """Signal it and wait; returns its exit status."""
        self._process.send_signal(with_signal)
        return self._process.wait(STOP_SECONDS)

    def wait(self) -> int:
        return self._process.wait(START_SECONDS)

    def descendants(self) -> set[int]:
        """The ids of all living processes that it has started, directly or not."""
        return descendants(self._process.pid)

    def kill(self) -> None:
        """The last resort, when a test has failed."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()


@contextmanager
def program(*arguments: str, output: Path) -> Iterator[Program]:
    started = Program(list(arguments), output)
    try:
        yield started
    finally:
        started.kill()


def descendants(process: int) -> set[int]:
    """The ids of all living processes that this one has started, directly or not."""
    children: dict[int, list[int]] = {}
    for pid, parent in _processes():
        children.setdefault(parent, []).append(pid)
    found: set[int] = set()
    look_at = [process]
    while look_at:
        new = children.get(look_at.pop(), [])
        found.update(new)
        look_at += new
    return found


def alive(pids: set[int]) -> set[int]:
    return {pid for pid, _ in _processes()} & pids


def _processes() -> list[tuple[int, int]]:
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,stat="], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in listed.splitlines()]
    return [(int(pid), int(parent)) for pid, parent, state in rows if not state.startswith("Z")]
