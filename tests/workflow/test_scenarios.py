"""Every scenario, through the real definition and handlers, in this process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack

import pytest

from local.scenarios import reading
from local.scenarios.model import Scenario
from local.scenarios.runner import Runner
from local.stack.in_process import InProcessEnvironment


class Stages:
    """Keeps the last scenario's environment: the next one mostly has the same world, and a deploy takes seconds."""

    def __init__(self) -> None:
        self._key: object = None
        self._environment: InProcessEnvironment | None = None
        self._exits = ExitStack()

    def for_scenario(self, scenario: Scenario) -> InProcessEnvironment:
        if self._environment is None or self._key != key(scenario):
            self.close()
            self._environment = self._exits.enter_context(InProcessEnvironment(scenario.world, scenario.parameters))
            self._key = key(scenario)
        return self._environment

    def close(self) -> None:
        self._exits.close()
        self._environment = None


def key(scenario: Scenario) -> tuple[str, Mapping[str, str]]:
    """Scenarios with the same key can be played on the same environment."""
    return repr(scenario.world), scenario.parameters


@pytest.fixture(scope="module")
def stages() -> Iterator[Stages]:
    kept = Stages()
    yield kept
    kept.close()


SCENARIOS = sorted((reading.load(name) for name in reading.names()), key=lambda scenario: str(key(scenario)))

# With pytest-xdist, scenarios with the same key stay in one process; the group is called after one of them.
GROUPS = {str(key(scenario)): scenario.name for scenario in SCENARIOS}


@pytest.mark.parametrize(
    "scenario",
    [pytest.param(each, id=each.name, marks=pytest.mark.xdist_group(GROUPS[str(key(each))])) for each in SCENARIOS],
)
def test_scenario(scenario: Scenario, stages: Stages) -> None:
    report = Runner(stages.for_scenario(scenario)).run(scenario)

    assert report.failures == []
    assert report.expectations > 0
