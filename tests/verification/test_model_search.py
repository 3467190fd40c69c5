"""The invariants hold in every state, to a small bound; the full one is `python -m verification.model`."""

from functools import cache

import pytest

from verification.model.runs import Explored, explore, walk
from verification.model.scenarios import SMALL, ModelScenario
from verification.model.walk import WALKS


@cache
def explored_once(scenario: ModelScenario) -> Explored:
    return explore(scenario)


@pytest.mark.parametrize("scenario", SMALL, ids=lambda scenario: scenario.name)
def test_no_interleaving_breaks_anything(scenario: ModelScenario):
    explored = explored_once(scenario)

    assert not explored.broken, "\n".join(explored.counterexample)
    assert explored.complete
    assert "Fenced" in explored.outcomes


def test_the_small_bound_reaches_every_outcome_that_a_race_can_have():
    outcomes = {outcome for scenario in SMALL for outcome in explored_once(scenario).outcomes}

    assert outcomes >= {"Fenced", "OtherSiteSurvives", "Refused", "PartlyFenced", "NotFenced", "Superseded"}


@pytest.mark.slow
@pytest.mark.parametrize("scenario", WALKS, ids=lambda scenario: scenario.name)
def test_random_walks_beyond_the_bound_break_nothing(scenario: ModelScenario):
    walked = walk(scenario, range(3))

    assert not walked.counterexample, f"seed {walked.seed}:\n" + "\n".join(walked.counterexample)
    assert walked.steps > 100
