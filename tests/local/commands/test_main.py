"""The command line."""

import pytest

from local import __main__ as commands
from local.scenarios import reading


def test_every_scenario_is_listed_with_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["scenarios"]) == 0
    starts = [line.split()[0] for line in capsys.readouterr().out.splitlines() if not line.startswith(" ")]
    assert tuple(starts) == reading.names()


def test_an_unknown_scenario_is_a_plain_complaint(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["demo", "nonsense"]) == 1
    told = capsys.readouterr()
    assert "There is no scenario 'nonsense'. There are: " in told.err
    assert "Traceback" not in told.err
