"""Decide, once, who survives: also when others decide at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from fencing.adapters.fence_table import FenceTable
from fencing.decisions.decide_claim import Action, ClaimDecision, ClaimRequest
from fencing.decisions.evidence import Evidence
from fencing.errors import FenceContended, FenceRecordUnavailable
from fencing.fence import Fence, FenceRecord, Phase
from fencing.outcome import OutcomeCode
from fencing.steps.claim_fence import ClaimFence
from tests.unit.builders import HOLD_DOWN, NOW, alert, fence_for, record
from tests.unit.steps.conftest import StepWorld


def claim(
    world: StepWorld, reporter: str = "site-a", *, later: timedelta = timedelta(0), table: FenceTable | None = None
) -> ClaimDecision:
    site = "site-b" if reporter == "site-a" else "site-a"
    step = ClaimFence(world.accelerators, table or world.table, HOLD_DOWN, lambda: NOW + later)
    return step(ClaimRequest(alert(reporter, site), Evidence.GONE, f"{reporter}-execution"), world.topology)


def test_the_first_report_decides_and_its_decision_is_written(world: StepWorld) -> None:
    decision = claim(world)
    assert decision.action is Action.CLAIM
    assert world.table.read() == decision.record
    assert world.in_service == ["site-a", "site-b"]


def test_of_two_reports_at_once_one_decides_and_the_other_learns_of_it(world: StepWorld) -> None:
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda reporter: claim(world, reporter), ["site-a", "site-b"])
    assert {first.action, second.action} == {Action.CLAIM, Action.STOP}
    winner, loser = (first, second) if first.action is Action.CLAIM else (second, first)
    assert world.table.read() == winner.record
    assert loser.outcome is not None
    assert loser.outcome.code is OutcomeCode.OTHER_SITE_SURVIVES


def test_the_same_report_again_resumes_and_writes_nothing(world: StepWorld) -> None:
    decided = claim(world).record
    again = claim(world, later=timedelta(hours=1))
    assert (again.action, again.record, world.table.read()) == (Action.RESUME, decided, decided)


def test_once_restored_and_held_down_the_next_incident_is_a_new_generation(world: StepWorld) -> None:
    world.decide_and_fence()
    world.edge.restore("site-b")
    assert claim(world, "site-b", later=HOLD_DOWN - timedelta(seconds=1)).outcome is not None
    decision = claim(world, "site-b", later=HOLD_DOWN)
    assert decision.record is not None
    assert (decision.record.generation, decision.record.survivor, decision.record.phase) == (2, "site-b", Phase.FENCING)


class Contended(FenceTable):
    """Somebody else writes between our read and our write; `meanwhile` says what."""

    def __init__(self, real: FenceTable, meanwhile: Callable[[int], object]) -> None:
        self._real, self._meanwhile, self.writes = real, meanwhile, 0

    def read(self) -> FenceRecord | None:
        return self._real.read()

    def claim(self, claim: FenceRecord, *, over: FenceRecord | None) -> bool:
        self.writes += 1
        self._meanwhile(self.writes)
        return self._real.claim(claim, over=over)


def test_whoever_loses_the_race_decides_again_on_what_stands_now(world: StepWorld) -> None:
    decision = claim(world, table=Contended(world.table, lambda _: world.table.claim(record("site-b"), over=None)))
    assert decision.outcome is not None
    assert decision.outcome.sentence.startswith("site-b survives")
    assert world.table.read() == record("site-b")


def test_a_record_that_keeps_changing_is_left_for_later(world: StepWorld) -> None:
    def another_incident(write: int) -> None:
        fence = world.decide("site-b", generation=write)
        world.table.confirm(fence, NOW - timedelta(days=1))

    contended = Contended(world.table, another_incident)
    with pytest.raises(FenceContended):
        claim(world, table=contended)
    found = world.table.read()
    assert found is not None
    assert found.survivor == "site-b"


def test_a_claim_whose_answer_was_lost_is_resumed(world: StepWorld) -> None:
    class LosesAnswers(Contended):
        def claim(self, claim: FenceRecord, *, over: FenceRecord | None) -> bool:
            super().claim(claim, over=over)
            raise FenceRecordUnavailable("lost")

    with pytest.raises(FenceRecordUnavailable):
        claim(world, table=LosesAnswers(world.table, lambda _: None))
    decision = claim(world)
    assert decision.action is Action.RESUME
    assert decision.record is not None
    assert Fence.of(decision.record) == fence_for()
