"""How the commands talk to the terminal, and how they are interrupted."""

import os
import signal
import time

import pytest

from local.commands import terminal
from local.commands.terminal import hanging, interrupted_once, phase


def test_a_phase_tells_how_long_it_took(capsys: pytest.CaptureFixture[str]) -> None:
    with phase("sam build"):
        pass
    assert capsys.readouterr().out == "sam build ......................................   0.0 s\n"


def test_a_phase_that_fails_ends_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyError), phase("sam build"):
        raise KeyError
    assert capsys.readouterr().out.endswith(". stopped\n")


def test_long_text_hangs_below_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "width", lambda: 50)
    lines = hanging("start  ", "word " * 12).splitlines()
    assert lines[0].startswith("start  word")
    assert lines[1].startswith("       word")
    assert max(map(len, lines)) <= 50


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda each: each.name)
def test_the_first_signal_interrupts_and_the_second_is_ignored(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with interrupted_once():
        with pytest.raises(KeyboardInterrupt):
            _signal_myself(number)
        _signal_myself(number)
    assert signal.getsignal(number) is before


def _signal_myself(number: signal.Signals) -> None:
    os.kill(os.getpid(), number)
    time.sleep(0.05)
