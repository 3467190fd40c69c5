"""Every folder is where the documents say, and holds what they say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.repository.rooms import ROOMS, ROOT, folders

# webhook.env is what a user makes of the example.
DATA = (".yaml", ".yml", ".json", ".md", ".example", ".env", ".gitignore")
# `python -m pytest` and `pytest` are how tests are run.
RUN_AS_A_PROGRAM = re.compile(r"-m\s+(tests\.\S+|tests\b)|\btests/\S+\.(?:py|sh)\b")


def test_there_are_these_rooms() -> None:
    assert folders(ROOT) == set(ROOMS)


def test_the_tree_in_the_readme_has_every_room() -> None:
    tree = (ROOT / "README.md").read_text(encoding="utf-8").partition("## The tree")[2]
    assert set(re.findall(r"^([a-z]+)/ ", tree, re.MULTILINE)) == set(ROOMS)


def test_the_readme_of_the_tests_has_every_folder_of_theirs() -> None:
    table = (ROOT / "tests" / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([a-z]+)/`", table, re.MULTILINE)) == folders(ROOT / "tests")


@pytest.mark.parametrize("room", ["cluster", "scenarios", "events"])
def test_data_is_data(room: str) -> None:
    names = [path for path in (ROOT / room).rglob("*") if path.is_file()]
    assert names
    assert [str(path.relative_to(ROOT)) for path in names if not path.name.endswith(DATA)] == []


@pytest.mark.parametrize("file", ["Makefile", ".ci/run"])
def test_nothing_among_the_tests_is_run_but_by_pytest(file: str) -> None:
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if RUN_AS_A_PROGRAM.search(line) and "pytest" not in line] == []


@pytest.mark.parametrize(
    ("line", "is_run"),
    [
        ("	@$(PYTHON) -m tests.fuzz", True),
        ("	$(PYTHON) -m tests.template.advice", True),
        ("	@$(PYTHON) tests/chaos/run.py", True),
        ("	@$(PYTHON) -m verification.fuzz", False),
        ('	@.venv/bin/pytest -m "sam and slow" tests/sam/deploy', False),
    ],
)
def test_a_program_among_the_tests_would_be_seen(line: str, is_run: bool) -> None:
    assert bool(RUN_AS_A_PROGRAM.search(line)) is is_run


def test_a_folder_without_anything_of_ours_is_no_room(tmp_path: Path) -> None:
    (tmp_path / ".venv").mkdir()
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "left").mkdir()
    (tmp_path / "room").mkdir()
    (tmp_path / "room" / "a.py").touch()

    assert folders(tmp_path) == {"room"}
