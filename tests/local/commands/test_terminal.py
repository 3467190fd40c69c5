"""How the commands talk to the terminal, and how they are interrupted."""

import os
import re
import signal
import threading
import time

import pytest

from local.commands import terminal
from local.commands.terminal import NOBODY_READS, exit_status, hanging, interrupted_once, phase, say, showing
from tests.local.commands.terminals import stdout_on_terminal

COLOURS = re.compile(r"\x1b\[[0-9;]+m")


@pytest.fixture(autouse=True)
def _refreshed_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "REFRESH_SECONDS", 0.02)


def test_a_phase_tells_how_long_it_took(capsys: pytest.CaptureFixture[str]) -> None:
    with phase("sam build"):
        pass
    assert re.fullmatch(r"sam build \.{38}   \d\.\d s\n", capsys.readouterr().out)


def test_a_phase_that_fails_ends_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyError), phase("sam build"):
        raise KeyError
    assert capsys.readouterr().out.endswith(". stopped\n")


def test_a_terminal_shows_what_is_done_in_a_phase_and_then_only_that_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    with stdout_on_terminal(monkeypatch, 80) as shown:
        with phase("sam build") as tell:
            tell("Building layer 'PackagesLayer' " + "x" * 80)
            shown.wait_for("s: Building layer 'PackagesLayer'")
        with phase("sam deploy"):
            pass
    assert re.fullmatch(r"sam build \.+   \d\.\d s\nsam deploy \.+   \d\.\d s", shown.text)


def test_elsewhere_a_long_phase_is_told_in_lines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(terminal, "QUIET_SECONDS", 0.0)
    with phase("sam build") as tell:
        tell("Building layer 'PackagesLayer'")
        time.sleep(5 * terminal.REFRESH_SECONDS)
    reminder, *_, end = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"sam build, \d s: Building layer 'PackagesLayer'", reminder)
    assert end.startswith("sam build ....")


def test_nothing_is_overwritten_that_was_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several threads say lines, while the number of lines below changes all the time."""
    monkeypatch.setattr(terminal, "REFRESH_SECONDS", 0.001)
    numbers = iter(range(1_000_000))

    def say_many(name: str) -> None:
        for number in range(60):
            say(f"{name} {number}")
            time.sleep(0.001)

    with stdout_on_terminal(monkeypatch, 80) as shown, showing(lambda: ["below"] * (next(numbers) % 4)):
        threads = [threading.Thread(target=say_many, args=(name,)) for name in "abc"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert b"below" in shown.written
    assert sorted(shown.text.splitlines()) == sorted(f"{name} {number}" for name in "abc" for number in range(60))


def test_a_terminal_has_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    with stdout_on_terminal(monkeypatch, 80) as shown:
        say("well", "bold green")
    assert shown.written == b"\x1b[1;32mwell\x1b[0m\r\n"


@pytest.mark.parametrize(("kind", "no_color"), [("xterm-256color", "1"), ("dumb", "")])
def test_a_terminal_that_should_have_no_colours_has_none(
    monkeypatch: pytest.MonkeyPatch, kind: str, no_color: str
) -> None:
    with stdout_on_terminal(monkeypatch, 80, kind=kind, no_color=no_color) as shown, phase("sam build"):
        say("well", "bold green")
        time.sleep(5 * terminal.REFRESH_SECONDS)
    assert not COLOURS.search(shown.written.decode())
    assert ("\x1b" in shown.written.decode()) == (kind != "dumb")
    assert shown.screen[0] == "well"


def test_a_pipe_gets_plain_lines(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    with phase("sam build"):
        say("well", "bold green")
        time.sleep(5 * terminal.REFRESH_SECONDS)
    assert re.fullmatch(r"well\nsam build \.+   \d\.\d s\n", capsys.readouterr().out)


@pytest.mark.parametrize(("columns", "filled"), [(40, 60), (80, 80), (100, 100), (300, 120)])
def test_lines_fill_the_terminal_within_limits(monkeypatch: pytest.MonkeyPatch, columns: int, filled: int) -> None:
    with stdout_on_terminal(monkeypatch, columns):
        assert terminal.width() == filled


def test_long_text_hangs_below_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "width", lambda: 50)
    lines = hanging("start  ", "word " * 12).splitlines()
    assert lines[0].startswith("start  word")
    assert lines[1].startswith("       word")
    assert max(map(len, lines)) <= 50


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda each: each.name)
def test_the_first_signal_interrupts_and_the_second_is_ignored(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with interrupted_once():
        with pytest.raises(KeyboardInterrupt):
            _signal_myself(number)
        _signal_myself(number)
    assert signal.getsignal(number) is before


def test_who_is_to_outlive_the_terminal_does(monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        with interrupted_once():
            _signal_myself(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda each: each.name)
def test_an_interrupted_command_ends_as_shells_tell_it(number: signal.Signals) -> None:
    def command() -> int:
        _signal_myself(number)
        return 0

    assert exit_status(command) == 128 + number


def test_a_command_ends_with_its_own_status() -> None:
    assert exit_status(lambda: 3) == 3


def test_a_reader_that_has_seen_enough_ends_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    os.close(reader)

    def command() -> int:
        say("too late")
        return 0

    with os.fdopen(writer, "w") as stdout:
        monkeypatch.setattr("sys.stdout", stdout)
        assert exit_status(command) == NOBODY_READS
        print("what is written afterwards is no error")


def _signal_myself(number: signal.Signals) -> None:
    os.kill(os.getpid(), number)
    time.sleep(0.05)
