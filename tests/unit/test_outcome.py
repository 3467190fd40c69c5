"""Every outcome is a code of the closed list, one sentence, and something to do."""

from __future__ import annotations

import json

import pytest

from fencing import outcome
from fencing.outcome import SUCCEEDING, Outcome, OutcomeCode

EVERY_OUTCOME = [
    outcome.fenced(survivor="site-a", fenced_site="site-b", accelerators="a1"),
    outcome.fenced_already(survivor="site-a", fenced_site="site-b", accelerators="a1"),
    outcome.other_site_survives(survivor="site-a", reporter="site-b", because="it was first"),
    outcome.not_serving(reporter="site-a", offline_site="site-b"),
    outcome.held_down(fenced_site="site-b", fenced_at="18:40:00 UTC"),
    outcome.false_alarm(reporter="site-a", offline_site="site-b", is_out=True),
    outcome.false_alarm(reporter="site-a", offline_site="site-b", is_out=False),
    outcome.superseded(1, "the fence record was deleted"),
    outcome.refused(because="nobody is served", next_step="Decide by hand."),
]


@pytest.mark.parametrize("found", EVERY_OUTCOME, ids=lambda found: found.sentence[:30])
def test_an_outcome_is_told_in_whole_sentences(found: Outcome) -> None:
    for told in (found.sentence, found.next_step):
        assert told[0].isupper() or told.startswith("site-")
        assert told.endswith(".")
        assert ".." not in told
        assert "\n" not in told
        assert "None" not in told


@pytest.mark.parametrize("found", EVERY_OUTCOME, ids=lambda found: found.sentence[:30])
def test_an_outcome_is_plain_json_as_state_data(found: Outcome) -> None:
    assert json.loads(json.dumps(found.to_state())) == {
        "code": found.code.value,
        "sentence": found.sentence,
        "next_step": found.next_step,
    }


def test_an_execution_fails_exactly_when_somebody_must_look() -> None:
    assert set(OutcomeCode) - SUCCEEDING == {OutcomeCode.REFUSED, OutcomeCode.NOT_FENCED, OutcomeCode.PARTLY_FENCED}
