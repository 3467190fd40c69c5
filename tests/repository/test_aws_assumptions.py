"""Every assumption about AWS has a test or a command, and every test of tests/aws an assumption."""

from __future__ import annotations

import ast
import re

from tests.aws.costs import cost_of_a_run
from tests.repository.rooms import ROOT

PAGE = (ROOT / "docs" / "aws-assumptions.md").read_text(encoding="utf-8")


def existing_tests() -> set[str]:
    """Each as FILE::FUNCTION."""
    return {
        f"{path.name}::{node.name}"
        for path in (ROOT / "tests" / "aws").glob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def rows() -> list[list[str]]:
    """The cells of each assumption, with those of the heading left out."""
    lines = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| what is assumed")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def test_the_page_cites_every_test_and_no_other() -> None:
    assert set(re.findall(r"`(test_\w+\.py::\w+)`", PAGE)) == existing_tests()


def test_every_assumption_says_what_shows_it() -> None:
    assert len(rows()) > 30
    assert [row for row in rows() if len(row) not in (2, 5) or not all(row)] == []
    assert [row[0] for row in rows() if not re.search(r"`[^`]+`", row[-1])] == []


def test_the_page_says_that_nothing_was_shown_on_an_account() -> None:
    assert "never run in an AWS account" in PAGE
    assert "the suite itself has never run on one" in PAGE


def test_the_page_says_what_a_run_costs() -> None:
    assert "about a quarter of a dollar" in PAGE
    assert round(cost_of_a_run(), 1) in (0.2, 0.3)
