"""Which commands of the pages are run by the tests here, and why others can't be."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.documents.pages import definitions_for, shell_of

# The beginning of a command line -> why the tests here don't run it. Nothing else may be left out.
NOT_RUN = {
    "oc ": "there is no cluster; tests/monitoring renders the folders that are applied",
    "make test": "runs the tests, of which this is one",
    "make lint": "the same",
    "make stack": "runs until Ctrl-C: the tests of the page start it and end it",
    "make measure": "needs Java, Maven, Prometheus and Alertmanager, and half an hour",
    "make invoke": "needs containers: make test-sam runs every event",
}
# Page and section, for each test that runs one.
RUN: set[tuple[str, str]] = set()


def runs(page: str, section: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A test that runs the commands of a section: it gets them as `script`."""
    RUN.add((page, section))
    return pytest.mark.parametrize("script", [pytest.param(script_of(page, section), id=f"{page}-{section}")])


def script_of(page: str, section: str) -> str:
    """What somebody pastes who follows a section: what it builds on, and its own commands."""
    pieces = [*definitions_for(page, section), *shell_of(page, section)]
    return "\n".join(line for code in pieces for line in code.lines if not is_left_out(line)) + "\n"


def is_left_out(line: str) -> bool:
    return any(line.startswith(beginning) for beginning in NOT_RUN)


def calls_of_aws(line: str) -> list[str]:
    """The calls of aws and sam in a line, each up to the next one."""
    begins = [found.start(1) for found in re.finditer(r"(?:^|[|;&(])\s*((?:aws|sam) [a-z])", line)]
    return [line[begin:end] for begin, end in itertools.pairwise([*begins, None])]
