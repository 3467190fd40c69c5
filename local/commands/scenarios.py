"""`python -m local scenarios`: what the demo can play, by what goes wrong."""

from __future__ import annotations

from local.commands import terminal
from local.commands.terminal import say
from local.scenarios import reading
from local.scenarios.model import KINDS, Scenario

HEADING = "bold"


def run() -> int:
    """List them; returns the exit status."""
    scenarios = [reading.load(name) for name in reading.names()]
    widest = max(len(scenario.name) for scenario in scenarios)
    for kind, heading in KINDS.items():
        say(heading, HEADING)
        for scenario in scenarios:
            if scenario.kind == kind:
                say(terminal.hanging(f"  {scenario.name:{widest}}  ", scenario.title))
        say()
    say("`make demo SCENARIO=name` plays one.")
    return 0


def announced(name: str) -> Scenario:
    """The scenario of that name, after it was said what it is.

    Raises:
        ScenarioError: there is none, or its file is malformed.
    """
    scenario = reading.load(name)
    say(terminal.hanging(f"{scenario.name}: ", scenario.title))
    say()
    return scenario
