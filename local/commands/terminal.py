"""How the commands talk to the terminal: phases with their durations, aligned text, and a clean end by Ctrl-C."""

from __future__ import annotations

import shutil
import signal
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

NARROWEST, WIDEST = 80, 140
WITHOUT_TERMINAL = (120, 24)
_DOTTED = 48


def say(text: str = "") -> None:
    """Print a line at once, also into a pipe."""
    print(text, flush=True)


@contextmanager
def phase(label: str) -> Iterator[None]:
    """Show what is being done, and how long it took when it is done."""
    began = time.monotonic()
    print(f"{label} ".ljust(_DOTTED, "."), end="", flush=True)
    try:
        yield
    except BaseException:
        say(" stopped")
        raise
    say(f" {time.monotonic() - began:5.1f} s")


def width() -> int:
    """The number of columns to fill."""
    return min(max(shutil.get_terminal_size(WITHOUT_TERMINAL).columns, NARROWEST), WIDEST)


def hanging(start: str, text: str) -> str:
    """`text` after `start`; further lines are indented to where the text begins."""
    wrapped = textwrap.wrap(text, max(width() - len(start), 40), break_long_words=False, break_on_hyphens=False)
    return f"\n{' ' * len(start)}".join([start + (wrapped[0] if wrapped else ""), *wrapped[1:]]).rstrip()


@contextmanager
def interrupted_once() -> Iterator[None]:
    """Ctrl-C and SIGTERM raise KeyboardInterrupt, once: while everything is being stopped, further ones are ignored."""
    signals = (signal.SIGINT, signal.SIGTERM)

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        for each in signals:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = [signal.signal(each, interrupt) for each in signals]
    try:
        yield
    finally:
        for each, handler in zip(signals, before, strict=True):
            signal.signal(each, handler)


def complain(text: str) -> None:
    """Print a line about something that went wrong."""
    print(text, file=sys.stderr, flush=True)
