"""What make does with a person's mistakes and interruptions. The commands are short scripts in place of Python."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.local.commands.terminals import INTERRUPT, OF_THE_CALLER, PROJECT, program_on_terminal

# Cleans up when it is told to end, as the real commands do.
ENDS_WHEN_TOLD = """\
trap 'trap "" INT TERM; sleep 0.3; echo all is stopped; exit 143' INT TERM
echo running
sleep 30 &
wait
"""


def make(*words: str, expecting: int = 0) -> subprocess.CompletedProcess[str]:
    """Run it without making environments."""
    command = ["make", "--old-file", "environments", *words]
    # make tells what it runs in turn of its own options.
    environment = {name: value for name, value in os.environ.items() if name not in OF_THE_CALLER}
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == expecting, done.stderr
    return done


@pytest.fixture
def python(tmp_path: Path) -> Sequence[str]:
    """`PYTHON=...` for a script in the file `python`."""
    (tmp_path / "python").write_text(ENDS_WHEN_TOLD)
    return (f"PYTHON=sh {tmp_path / 'python'}",)


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["demo", "scenario=dead-site"], "Write SCENARIO=dead-site: make tells upper from lower case."),
        (["invoke", "event=events/get.json"], "Write EVENT=events/get.json: "),
        (["measure", "runs=3"], "Write RUNS=3: "),
    ],
)
def test_a_variable_in_lower_case_is_refused(words: list[str], hint: str) -> None:
    assert hint in make(*words, "PYTHON=false", expecting=2).stderr


def test_the_scenario_is_handed_on() -> None:
    assert make("demo", "SCENARIO=dead-site", "PYTHON=echo").stdout == "-m local demo dead-site\n"


@pytest.mark.parametrize("status", [1, 2, 143])
def test_an_error_of_a_command_is_one_of_make(tmp_path: Path, status: int) -> None:
    (tmp_path / "python").write_text(f"exit {status}")
    assert f"Error {status}\n" in make("demo", f"PYTHON=sh {tmp_path / 'python'}", expecting=2).stderr


@pytest.mark.parametrize("status", [0, 130, 141])
def test_an_interruption_is_none(tmp_path: Path, status: int) -> None:
    (tmp_path / "python").write_text(f"exit {status}")
    assert make("demo", f"PYTHON=sh {tmp_path / 'python'}").stderr == ""


def test_ctrl_c_waits_for_the_command_to_stop_and_is_quiet(python: Sequence[str]) -> None:
    with program_on_terminal(80, ["make", "--old-file", "environments", "demo", *python]) as program:
        program.wait_for("running")
        program.press(INTERRUPT)
        assert program.status() == 130
    assert program.text.replace("^C", "") == "running\nall is stopped"


def test_a_second_ctrl_c_does_not_hasten_it(python: Sequence[str]) -> None:
    with program_on_terminal(80, ["make", "--old-file", "environments", "demo", *python]) as program:
        program.wait_for("running")
        program.press(INTERRUPT)
        program.wait_for("^C")
        program.press(INTERRUPT)
        assert program.status() == 130
    assert program.text.replace("^C", "") == "running\nall is stopped"


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    """`yes` ends by SIGPIPE when nobody reads any more."""
    command = "make --old-file environments scenarios 'PYTHON=yes --' | head -n 1"
    environment = {name: value for name, value in os.environ.items() if name not in OF_THE_CALLER}
    done = subprocess.run(
        ["sh", "-c", command], cwd=PROJECT, env=environment, capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("-m local scenarios\n", "")
