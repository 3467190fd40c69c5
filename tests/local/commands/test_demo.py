"""The demo as a person sees it, played in this process: on terminals of 80 and 120 columns, and in a pipe."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from local.commands.demo import Demo
from local.scenarios import reading
from local.scenarios.model import ExpectStep, Scenario
from local.stack.in_process import InProcessEnvironment
from local.world import WorldPlan
from tests.local.commands.terminals import Terminal, stdout_on_terminal

GREEN, YELLOW, RED = "\x1b[1;32m", "\x1b[1;33m", "\x1b[1;31m"
OUTAGE = "As this scenario expects: nobody can log in, since users are sent to site-a, which refuses writes."


class Plays:
    """Scenarios, played on one environment: each once, and looked at by several tests."""

    def __init__(self, environment: InProcessEnvironment) -> None:
        self._environment = environment
        self._on_terminals: dict[tuple[str, int], Terminal] = {}
        self._in_pipes: dict[str, str] = {}

    def on_terminal(self, name: str, columns: int) -> Terminal:
        """Played on a terminal that is wider than it says: a line that is too long isn't broken."""
        if (name, columns) not in self._on_terminals:
            with pytest.MonkeyPatch.context() as patched, stdout_on_terminal(patched, columns, really=300) as terminal:
                assert self._play(reading.load(name)) == 0
            self._on_terminals[name, columns] = terminal
        return self._on_terminals[name, columns]

    def in_a_pipe(self, name: str) -> str:
        """What came out."""
        if name not in self._in_pipes:
            output = io.StringIO()
            with contextlib.redirect_stdout(output):
                assert self._play(reading.load(name)) == 0
            self._in_pipes[name] = output.getvalue()
        return self._in_pipes[name]

    def without_colours(self, name: str) -> Terminal:
        """Played on a terminal, with NO_COLOR set."""
        with pytest.MonkeyPatch.context() as patched, stdout_on_terminal(patched, 80, no_color="1") as terminal:
            assert self._play(reading.load(name)) == 0
        return terminal

    def on_terminal_expecting(self, scenario: Scenario, **expected: Any) -> tuple[int, Terminal]:
        """Played with another expectation at its end."""
        *before, last = scenario.steps
        assert isinstance(last, ExpectStep)
        changed = replace(scenario, steps=(*before, ExpectStep(replace(last.expectation, **expected))))
        with pytest.MonkeyPatch.context() as patched, stdout_on_terminal(patched, 80) as terminal:
            status = self._play(changed)
        return status, terminal

    def _play(self, scenario: Scenario) -> int:
        return Demo(self._environment, scenario, Path("logs")).run()


@pytest.fixture(scope="module")
def plays() -> Iterator[Plays]:
    with InProcessEnvironment(WorldPlan(), {}) as stage:
        yield Plays(stage)


def test_a_split_is_shown_as_it_goes(plays: Plays) -> None:
    lines = [line[11:] for line in plays.on_terminal("split-brain", 120).screen]
    (survivor,) = {line[:6] for line in lines if line.endswith("Fenced, SUCCEEDED")}
    other = {"site-a": "site-b", "site-b": "site-a"}[survivor]
    assert f"{survivor} says that {other} is gone: the webhook answered 202" in lines
    assert f"{other} says that {survivor} is gone: the webhook answered 202" in lines
    assert any(line.startswith(f"{other}  The other site survives, SUCCEEDED") for line in lines)
    way = [re.sub(r", \d+\.\d\d s.*|: .*", "", line) for line in lines if line.startswith(f"{survivor}  ")]
    assert way == [
        f"{survivor}  {what}"
        for what in (
            "started",
            "Resolve the accelerator",
            "Check the reporter",
            "Claim the fence",
            "Update the endpoint groups",
            "Take the site offline",
            "Tell the operators",
            "Publish the outcome",
            "Fenced, SUCCEEDED",
        )
    ]


def test_what_is_done_now_is_shown_below(plays: Plays) -> None:
    written = plays.on_terminal("split-brain", 120).written.decode()
    assert re.search(r"\x1b\[2m +site-[ab]  [A-Z][a-z ]+, for \d s", written)


@pytest.mark.parametrize(("name", "columns"), [("split-brain", 120), ("cache-refuses", 80)])
def test_it_fills_the_terminal_and_no_more(plays: Plays, name: str, columns: int) -> None:
    assert columns - 10 < max(map(len, plays.on_terminal(name, columns).screen)) <= columns


def test_a_pipe_gets_plain_lines_of_80_columns(plays: Plays) -> None:
    output = plays.in_a_pipe("superseded")
    assert re.findall(r"[^\n\x20-\x7e]", output) == []
    assert max(map(len, output.splitlines())) <= 80


def test_users_who_can_log_in_are_a_good_end(plays: Plays) -> None:
    terminal = plays.on_terminal("split-brain", 120)
    assert f"{GREEN}As this scenario expects: users can log in, and site-" in terminal.written.decode()
    assert terminal.text.endswith("serves them.")


def test_an_outage_is_no_good_end_even_if_it_is_expected(plays: Plays) -> None:
    terminal = plays.on_terminal("cache-refuses", 80)
    assert f"{YELLOW}As this scenario expects: nobody can log in, since" in terminal.written.decode()
    assert GREEN not in terminal.written.decode()
    assert " ".join(terminal.text.split()).endswith(OUTAGE)


def test_repeated_failures_are_folded(plays: Plays) -> None:
    told = " ".join(plays.on_terminal("cache-refuses", 80).text.split())
    assert told.count("attempt failed") == 2
    assert "Take the site offline: attempt failed 6 times, the last one: SiteNotYetOffline: site-a's" in told
    assert "was told: take-offline site-b (6 times)" in told


def test_what_happens_meanwhile_has_its_time(plays: Plays) -> None:
    """In this scenario, alerts are posted while an execution stands before its last step."""
    output = plays.in_a_pipe("superseded")
    assert re.search(r"^ +\d+\.\d\d s  An alert is posted\.", output, re.MULTILINE)
    assert output.index("site-b  Fenced, SUCCEEDED") < output.index("site-a  Superseded, SUCCEEDED")


def test_what_was_not_expected_is_listed(plays: Plays) -> None:
    status, terminal = plays.on_terminal_expecting(reading.load("access-denied"), endpoints=())
    assert status == 1
    assert f"{RED}This is not as the scenario expects:" in terminal.written.decode()
    verdict = " ".join(terminal.text.partition("expects:")[2].split())
    assert verdict.startswith("- endpoints should be [], but is ['site-a', 'site-b']. At the end nobody can")
    assert verdict.endswith("which refuse writes. The functions' logs are in logs.")


def test_no_colours_where_none_are_wanted(plays: Plays) -> None:
    terminal = plays.without_colours("access-denied")
    assert not re.search(r"\x1b\[[0-9;]+m", terminal.written.decode())
    assert "As this scenario expects: nobody can log in" in terminal.text
