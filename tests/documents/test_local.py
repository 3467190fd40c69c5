"""The page about this machine: its commands, in a copy of the project, with a stack of their own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.documents.commands import runs, script_of
from tests.documents.shell import Shell

pytestmark = [pytest.mark.sam, pytest.mark.slow, pytest.mark.xdist_group("documents-local")]

PAGE = "docs/local.md"
START_SECONDS = 240.0
STOP_SECONDS = 60.0


@pytest.fixture
def terminal(project: Path) -> Shell:
    """A terminal that knows of no stack."""
    return Shell(project, None)


@pytest.fixture(scope="module")
def make_stack(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """`make stack` in the first terminal."""
    output = tmp_path_factory.mktemp("make-stack") / "output"
    with output.open("w") as file:
        process = subprocess.Popen(
            ["make", "stack"],
            cwd=project,
            env=Shell(project, None).environment,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        while "Ctrl-C ends it." not in output.read_text():
            assert process.poll() is None, output.read_text()
            assert time.monotonic() < deadline, output.read_text()
            time.sleep(0.2)
        yield
    finally:
        if process.poll() is None:
            # As a terminal does at Ctrl-C: make and what it runs are told.
            os.killpg(process.pid, signal.SIGINT)
            process.wait(STOP_SECONDS)


@runs(PAGE, "Scenarios")
def test_scenarios_are_shown_and_end_well(script: str, terminal: Shell) -> None:
    printed = terminal.run(script)

    assert printed.count("As this scenario expects: users can log in") == 2
    assert "\ndead-site" in printed


@runs(PAGE, "A stack that keeps running")
@pytest.mark.usefixtures("make_stack")
def test_an_alert_is_posted_to_the_stack_that_runs(script: str, terminal: Shell) -> None:
    printed = terminal.run(script)

    assert "The link is cut." in printed
    assert re.search(r"^HTTP/1.1 202 ", printed, re.MULTILINE)
    assert "Infinispan (link cut)" in printed


@runs(PAGE, "The runbook on it")
@pytest.mark.usefixtures("make_stack")
def test_the_runbook_works_there_too(script: str, terminal: Shell) -> None:
    printed = terminal.run(script + script_of("docs/operating.md", "Where everything is") + "endpoints")

    assert "site-a\tHEALTHY\t" in printed


@runs(PAGE, "sam on it")
@pytest.mark.usefixtures("make_stack")
def test_sam_finds_the_stack_that_runs(script: str, terminal: Shell) -> None:
    printed = terminal.run(script_of(PAGE, "The runbook on it") + script)

    assert "WebhookFunction" in printed
    assert "request answered" in printed
