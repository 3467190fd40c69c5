"""Pseudo-terminals: what a program wrote to one, and what is left on its screen."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyte
import pytest

PROJECT = Path(__file__).resolve().parents[3]
# No output here is longer: nothing scrolls away.
LINES = 400
END_SECONDS = 60.0
INTERRUPT = b"\x03"
# The session of the program gets the terminal, and the program then is the first process of it.
TAKE_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp(sys.argv[1], sys.argv[1:])
"""
# What a terminal, or make, has told the program that runs the tests.
OF_THE_CALLER = ("COLUMNS", "LINES", "NO_COLOR", "MAKEFLAGS", "MAKELEVEL", "MFLAGS")


class Terminal:
    """A pseudo-terminal of so many columns, and an emulator that shows what is on it."""

    def __init__(self, columns: int) -> None:
        self.columns = columns
        self._master, self.slave = pty.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, columns, 0, 0))
        self.written = b""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def screen(self) -> list[str]:
        """The lines on it, without what was overwritten. All must have been written."""
        screen = pyte.Screen(self.columns, LINES)
        pyte.ByteStream(screen).feed(self.written)
        return [line.rstrip() for line in screen.display[: screen.cursor.y + 1]]

    @property
    def text(self) -> str:
        return "\n".join(self.screen).rstrip("\n")

    def wait_for(self, text: str) -> None:
        deadline = time.monotonic() + END_SECONDS
        while text.encode() not in self.written:
            assert time.monotonic() < deadline, f"{text!r} never came:\n{self.written!r}"
            time.sleep(0.005)

    def press(self, key: bytes) -> None:
        os.write(self._master, key)

    def close(self) -> None:
        """Wait for all that was written."""
        os.close(self.slave)
        self._reader.join(END_SECONDS)
        os.close(self._master)

    def _read(self) -> None:
        while True:
            try:
                content = os.read(self._master, 65536)
            except OSError:  # nobody has it open any more
                return
            if not content:
                return
            self.written += content


@contextmanager
def stdout_on_terminal(
    monkeypatch: pytest.MonkeyPatch,
    columns: int,
    *,
    kind: str = "xterm-256color",
    no_color: str = "",
    really: int | None = None,
) -> Iterator[Terminal]:
    """While entered, this process's sys.stdout is a new terminal. It may be wider than it says: `really`."""
    terminal = Terminal(really or columns)
    with monkeypatch.context() as patched, os.fdopen(os.dup(terminal.slave), "w", encoding="utf-8") as stdout:
        patched.setattr("sys.stdout", stdout)
        patched.setenv("COLUMNS", str(columns))
        patched.setenv("TERM", kind)
        patched.setenv("NO_COLOR", no_color)
        yield terminal
    terminal.close()


class ProgramOnTerminal(Terminal):
    """A program in the foreground of a terminal of its own: Ctrl-C there reaches it and all that it has started."""

    def __init__(self, columns: int, command: Sequence[str], environment: Mapping[str, str]) -> None:
        super().__init__(columns)
        inherited = {name: value for name, value in os.environ.items() if name not in OF_THE_CALLER}
        self._process = subprocess.Popen(
            [sys.executable, "-S", "-c", TAKE_TERMINAL, *command],
            cwd=PROJECT,
            env={**inherited, "TERM": "xterm-256color", **environment},
            stdin=self.slave,
            stdout=self.slave,
            stderr=self.slave,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def status(self) -> int:
        """Wait for the end; the exit status as a shell tells it."""
        returned = self._process.wait(END_SECONDS)
        return 128 - returned if returned < 0 else returned

    def close(self) -> None:
        """The last resort first, when a test has failed."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        super().close()


@contextmanager
def program_on_terminal(columns: int, command: Sequence[str], **environment: str) -> Iterator[ProgramOnTerminal]:
    """What was written is complete when this is left."""
    program = ProgramOnTerminal(columns, command, environment)
    try:
        yield program
    finally:
        program.close()
