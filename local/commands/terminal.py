"""How the commands talk to the terminal: lines, what is being done meanwhile, and a quiet end.

On a terminal there are colours, unless NO_COLOR is set (https://no-color.org), and what is being done is shown below
the lines, and overwritten. Elsewhere, and where TERM is "dumb", there are whole lines of plain text, each at once.
"""

from __future__ import annotations

import functools
import io
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import TextIO

from rich.console import Console
from rich.live import Live
from rich.text import Text

from local import layout

NARROWEST, WIDEST = 60, 120
# How often the display is drawn anew; how long nothing may be said where there is none.
REFRESH_SECONDS = 0.25
QUIET_SECONDS = 10.0
_DOTTED = 48

# What a shell says of a process that SIGPIPE has ended.
NOBODY_READS = 128 + signal.SIGPIPE


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Leave it to `exit_status`; rich would end the process with 1."""
        raise BrokenPipeError


class _Screen:
    """An output: what is said on it, and, if it is a terminal, the lines below that are drawn anew."""

    def __init__(self, output: TextIO) -> None:
        is_terminal = output.isatty()
        colours = is_terminal and not os.environ.get("NO_COLOR")
        self.console = _Console(
            file=output,
            force_terminal=is_terminal,
            color_system="auto" if colours else None,
            highlight=False,
            markup=False,
            emoji=False,
        )
        self._lock = threading.RLock()
        self._said_at = time.monotonic()

    def say(self, text: str, style: str) -> None:
        with self._lock:
            self._said_at = time.monotonic()
            self.console.print(Text(text, style), soft_wrap=True)

    @contextmanager
    def showing(self, now: Callable[[], Sequence[str]]) -> Iterator[None]:
        with ExitStack() as stack:
            refresh: Callable[[], None] = functools.partial(self._remind, now)
            if self.console.is_interactive:
                live = Live(
                    get_renderable=lambda: Text("\n".join(now()), "dim", no_wrap=True, overflow="crop"),
                    console=self.console,
                    auto_refresh=False,
                    transient=True,
                    redirect_stdout=False,
                    redirect_stderr=False,
                )
                with self._lock:
                    live.start()
                stack.callback(self._stop, live)
                refresh = live.refresh
            done = threading.Event()
            stack.callback(done.set)
            threading.Thread(target=self._keep_fresh, args=(refresh, done), name="screen", daemon=True).start()
            yield

    def _keep_fresh(self, refresh: Callable[[], None], done: threading.Event) -> None:
        # rich draws in a thread of its own without a lock around what is said: that would overwrite lines.
        while not done.wait(REFRESH_SECONDS):
            with self._lock:
                if done.is_set():
                    return
                try:
                    refresh()
                except BrokenPipeError:  # also met by whoever says the next line
                    return

    def _stop(self, live: Live) -> None:
        with self._lock:
            live.stop()

    def _remind(self, now: Callable[[], Sequence[str]]) -> None:
        if time.monotonic() - self._said_at >= QUIET_SECONDS:
            for line in now():
                self.say(line[: width()], "")


@functools.lru_cache(maxsize=1)
def _screen_on(output: TextIO) -> _Screen:
    return _Screen(output)


def _screen() -> _Screen:
    return _screen_on(sys.stdout)


def say(text: str = "", style: str = "") -> None:
    """Print a line at once, also into a pipe. `style` is one of rich's: "bold red"."""
    _screen().say(text, style)


def complain(text: str) -> None:
    """Print what went wrong. Text of several lines is another program's, and stays as it is."""
    print(text if "\n" in text else hanging("", text), file=sys.stderr, flush=True)


def width() -> int:
    """The number of columns to fill: the terminal's, within limits; 80 where there is none."""
    return min(max(_screen().console.width, NARROWEST), WIDEST)


def hanging(start: str, text: str) -> str:
    """`text` after `start`; further lines are indented to where the text begins."""
    return layout.hanging(start, text, width())


@contextmanager
def showing(now: Callable[[], Sequence[str]]) -> Iterator[None]:
    """While entered, show what `now` returns below all that is said. It is called from another thread.

    Where nothing can be overwritten, it is said as lines when nothing else has been for QUIET_SECONDS.
    """
    with _screen().showing(now):
        yield


@contextmanager
def phase(label: str) -> Iterator[Callable[[str], None]]:
    """Show what is being done and for how long, and how long it took when it is done.

    Yields a function that takes a line about what exactly is done now.
    """
    began = time.monotonic()
    detail = ""

    def tell(line: str) -> None:
        nonlocal detail
        detail = line

    end = "stopped"
    try:
        with showing(lambda: [f"{label}, {time.monotonic() - began:.0f} s{detail and f': {detail}'}"]):
            yield tell
        end = f"{time.monotonic() - began:5.1f} s"
    finally:
        say(f"{f'{label} '.ljust(_DOTTED, '.')} {end}")


@contextmanager
def interrupted_once() -> Iterator[None]:
    """Ctrl-C, SIGTERM and the end of the terminal raise KeyboardInterrupt, with the signal's number, once.

    While everything is being stopped, further ones are ignored.
    """
    signals = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as under nohup
        signals.append(signal.SIGHUP)

    interrupted = False

    def interrupt(number: int, _frame: FrameType | None) -> None:
        nonlocal interrupted
        if not interrupted:
            interrupted = True
            raise KeyboardInterrupt(number)

    before = [signal.signal(each, interrupt) for each in signals]
    try:
        yield
    finally:
        for each, handler in zip(signals, before, strict=True):
            signal.signal(each, handler)


def exit_status(command: Callable[[], int]) -> int:
    """Run a command; returns its exit status. An interruption, and a reader that has seen enough, end it quietly.

    They are told as a shell tells them: 128 and the signal's number, which is SIGPIPE's when nobody reads any more.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a character that the terminal lacks is no reason to fail
    try:
        with interrupted_once():
            status = command()
            sys.stdout.flush()
            return status
    except KeyboardInterrupt as interruption:
        (number,) = interruption.args or (signal.SIGINT,)
        return 128 + int(number)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is still buffered goes nowhere
        return NOBODY_READS
