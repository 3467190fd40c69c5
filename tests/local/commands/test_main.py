"""The command line."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from local import __main__ as commands
from local.commands import stack as stack_command
from local.scenarios import reading
from local.scenarios.model import KINDS
from tests.local.commands.terminals import INTERRUPT, program_on_terminal, stdout_on_terminal

HIDE_CURSOR, SHOW_CURSOR = b"\x1b[?25l", b"\x1b[?25h"


def test_every_scenario_is_listed_once_under_its_kind(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["scenarios"]) == 0
    listed: dict[str, list[str]] = {}
    for line in capsys.readouterr().out.splitlines():
        if line in KINDS.values():
            names = listed.setdefault(line, [])
        elif line.startswith("  ") and line[2] != " ":
            names.append(line.split()[0])
    assert list(listed) == list(KINDS.values())
    assert sorted(name for names in listed.values() for name in names) == list(reading.names())
    assert all(reading.load(name).kind == kind for kind, heading in KINDS.items() for name in listed[heading])


@pytest.mark.parametrize("columns", [80, 120])
def test_the_list_fills_a_real_terminal_and_no_more(columns: int) -> None:
    with program_on_terminal(columns, [sys.executable, "-m", "local", "scenarios"]) as program:
        assert program.status() == 0
    lines = program.written.decode().split("\r\n")
    assert "\x1b[1mA site is lost\x1b[0m" in lines
    assert columns - 10 < max(map(len, lines)) <= columns


def test_headings_are_plain_where_no_colours_are_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    with stdout_on_terminal(monkeypatch, 80, no_color="1") as shown:
        assert commands.main(["scenarios"]) == 0
    assert b"\x1b" not in shown.written


def test_an_unknown_scenario_is_a_plain_complaint(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["demo", "splitbrain"]) == 1
    told = capsys.readouterr()
    assert " ".join(told.err.split()) == (
        "There is no scenario 'splitbrain'. Did you mean split-brain? `make scenarios` lists all that there are."
    )
    assert max(map(len, told.err.splitlines())) <= 80


def test_a_second_stack_in_the_same_place_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(stack_command, "running_stack", lambda path: "http://localhost:1234")
    assert commands.main(["stack", "--directory", str(tmp_path)]) == 1
    assert " ".join(capsys.readouterr().err.split()) == (
        "A stack runs already, at http://localhost:1234; a second one needs a --directory of its own."
    )


def test_ctrl_c_while_modules_are_imported_is_quiet() -> None:
    """Python is told to name each module that it imports, and interrupted at the first one."""
    with program_on_terminal(80, [sys.executable, "-v", "-m", "local", "demo"]) as program:
        program.wait_for("import 'argparse'")
        program.press(INTERRUPT)
        assert program.status() == 130
    assert b"Traceback" not in program.written


def test_ctrl_c_in_the_first_seconds_is_quiet() -> None:
    with program_on_terminal(80, [sys.executable, "-m", "local", "demo"]) as program:
        program.wait_for("Loading local AWS, ")
        program.press(INTERRUPT)
        assert program.status() == 130
    assert program.text.endswith("Loading local AWS .............................. stopped")
    assert b"Traceback" not in program.written
    assert program.written.rindex(SHOW_CURSOR) > program.written.rindex(HIDE_CURSOR)
