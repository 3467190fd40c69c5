"""Who survives? The table of the protocol, and what holds for every record, snapshot and request."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fencing.decisions.decide_claim import Action, ClaimDecision, ClaimRequest, decide_claim
from fencing.decisions.evidence import Evidence
from fencing.fence import FenceRecord, Phase
from fencing.outcome import OutcomeCode
from fencing.topology import EndpointSnapshot, Health
from tests.unit.builders import (
    BOTH_HEALTHY,
    HOLD_DOWN,
    LISTENER_ARN,
    NOBODY,
    NOW,
    ONLY_A,
    ONLY_B,
    alert,
    record,
    removed_endpoint,
    snapshot,
)

FENCED = Phase.FENCED
LONG_AGO, JUST_NOW = HOLD_DOWN + timedelta(seconds=1), HOLD_DOWN - timedelta(seconds=1)
CLAIM, RESUME, OTHER, REFUSED = "claim", "resume", OutcomeCode.OTHER_SITE_SURVIVES, OutcomeCode.REFUSED


def decide(
    stands: FenceRecord | None, seen: EndpointSnapshot, reporter: str = "site-a", evidence: Evidence = Evidence.GONE
) -> ClaimDecision:
    request = ClaimRequest(alert(reporter, "site-b" if reporter == "site-a" else "site-a"), evidence, "execution-1")
    return decide_claim(stands, seen, request, NOW, HOLD_DOWN)


@pytest.mark.parametrize(
    ("stands", "seen", "for_survivor", "for_fenced"),
    [
        pytest.param(record(), BOTH_HEALTHY, RESUME, OTHER, id="decided, nothing done yet"),
        pytest.param(record(), ONLY_A, RESUME, OTHER, id="decided, removed, not confirmed"),
        pytest.param(record(), ONLY_B, RESUME, REFUSED, id="decided, but the survivor was taken out by somebody"),
        pytest.param(record(), NOBODY, RESUME, REFUSED, id="decided, and nobody is left"),
        pytest.param(record(phase=FENCED, fenced_ago=LONG_AGO), ONLY_A, RESUME, OTHER, id="fenced and still out"),
        pytest.param(
            record(phase=FENCED, fenced_ago=LONG_AGO), NOBODY, RESUME, REFUSED, id="fenced, then all taken out"
        ),
        pytest.param(
            record(phase=FENCED, fenced_ago=JUST_NOW), BOTH_HEALTHY, RESUME, OTHER, id="back in the hold-down"
        ),
        pytest.param(record(phase=FENCED, fenced_ago=-JUST_NOW), BOTH_HEALTHY, RESUME, OTHER, id="clocks disagree"),
        pytest.param(record(phase=FENCED, fenced_ago=LONG_AGO), BOTH_HEALTHY, CLAIM, CLAIM, id="back, a new incident"),
        pytest.param(record(phase=FENCED, fenced_ago=HOLD_DOWN), BOTH_HEALTHY, CLAIM, CLAIM, id="hold-down just over"),
        pytest.param(
            record(phase=FENCED, fenced_ago=LONG_AGO), ONLY_B, OTHER, CLAIM, id="restored, survivor taken out"
        ),
        pytest.param(None, BOTH_HEALTHY, CLAIM, CLAIM, id="nothing was ever decided"),
        pytest.param(None, ONLY_A, CLAIM, OTHER, id="the other one was taken out by hand"),
        pytest.param(None, NOBODY, REFUSED, REFUSED, id="nobody is served"),
    ],
)
def test_what_a_report_of_either_site_gets(
    stands: FenceRecord | None, seen: EndpointSnapshot, for_survivor: str, for_fenced: str
) -> None:
    for reporter, expected in (("site-a", for_survivor), ("site-b", for_fenced)):
        decision = decide(stands, seen, reporter)
        assert expected == (decision.outcome.code if decision.outcome else decision.action.value)


@pytest.mark.parametrize(
    ("seen", "evidence", "because"),
    [
        (snapshot({"site-a": "UNHEALTHY", "site-b": "HEALTHY"}), Evidence.GONE, "site-a is UNHEALTHY"),
        (snapshot({"site-a": "INITIAL", "site-b": "HEALTHY"}), Evidence.GONE, "site-a is INITIAL"),
        (snapshot({"site-a": "UNHEALTHY", "site-b": "UNHEALTHY"}), Evidence.UNKNOWN, "doesn't confirm"),
        (
            snapshot({"site-a": "HEALTHY", "site-b": "HEALTHY"}, {"site-b": "HEALTHY"}),
            Evidence.GONE,
            f"site-a is not in the listener {LISTENER_ARN}1, which would be left empty",
        ),
    ],
)
def test_a_reporter_that_could_not_serve_alone_gets_no_claim(
    seen: EndpointSnapshot, evidence: Evidence, because: str
) -> None:
    decision = decide(None, seen, evidence=evidence)
    assert decision.outcome is not None
    assert decision.outcome.code is OutcomeCode.REFUSED
    assert because in decision.outcome.sentence


def test_an_unhealthy_reporter_is_better_than_nobody_when_the_other_is_proven_gone() -> None:
    assert decide(None, snapshot({"site-a": "UNHEALTHY", "site-b": "UNHEALTHY"})).action is Action.CLAIM


def test_a_listener_without_endpoints_is_in_nobodys_way() -> None:
    assert decide(None, snapshot({"site-a": "HEALTHY", "site-b": "HEALTHY"}, {})).action is Action.CLAIM


def test_a_claim_says_who_and_when_and_what_is_needed_to_undo_it() -> None:
    seen = snapshot({"site-a": "HEALTHY", "site-b": "HEALTHY"}, {"site-a": "HEALTHY", "site-b": "UNHEALTHY"})
    assert decide(record("site-b", generation=4, phase=FENCED, fenced_ago=LONG_AGO), seen).record == FenceRecord(
        generation=5,
        survivor="site-a",
        fenced="site-b",
        phase=Phase.FENCING,
        decided_at=NOW,
        execution="execution-1",
        removed=(
            removed_endpoint("site-b", listener=0),
            removed_endpoint("site-b", listener=1),
        ),
    )


def test_a_claim_over_a_site_taken_out_by_hand_says_so() -> None:
    decision = decide(None, ONLY_A)
    assert "taken out of the accelerator by hand" in decision.reason
    assert decision.record is not None
    assert decision.record.removed == ()


def test_a_survivor_that_is_out_of_the_accelerator_is_a_human_matter() -> None:
    ended = decide(record(), ONLY_B, "site-b").outcome
    assert ended is not None
    assert "site-a was chosen to survive" in ended.sentence
    assert "Put site-a's endpoint back" in ended.next_step


@pytest.mark.parametrize(
    ("stands", "repeat"), [(record(), False), (record(phase=FENCED, fenced_ago=LONG_AGO), True), (None, False)]
)
def test_resuming_a_finished_fence_is_a_repeat(stands: FenceRecord | None, repeat: bool) -> None:
    assert decide(stands, ONLY_A).is_repeat is repeat


@pytest.mark.parametrize(
    ("stands", "seen", "because"),
    [
        (record(), BOTH_HEALTHY, "it was decided at 17:40:00 UTC and is being carried out"),
        (record(phase=FENCED, fenced_ago=LONG_AGO), ONLY_A, "site-b is still out of the accelerator"),
        (record(phase=FENCED, fenced_ago=JUST_NOW), BOTH_HEALTHY, "site-b was fenced less than 600 s ago"),
    ],
)
def test_whoever_comes_second_learns_who_survives_and_why(
    stands: FenceRecord, seen: EndpointSnapshot, because: str
) -> None:
    ended = decide(stands, seen, "site-b").outcome
    assert ended is not None
    assert ended.sentence == f"site-a survives, so site-b's report about it was put aside: {because}."
    assert because in decide(stands, seen, "site-a").reason


HEALTH: st.SearchStrategy[Health] = st.sampled_from(["HEALTHY", "INITIAL", "UNHEALTHY"])
SNAPSHOTS = st.lists(st.dictionaries(st.sampled_from(["site-a", "site-b"]), HEALTH), min_size=1, max_size=3).map(
    lambda listeners: snapshot(*listeners)
)
RECORDS = st.none() | st.builds(
    record,
    st.sampled_from(["site-a", "site-b"]),
    generation=st.integers(1, 10**6),
    phase=st.sampled_from(Phase),
    fenced_ago=st.none() | st.timedeltas(min_value=-timedelta(hours=1), max_value=timedelta(days=400)),
)


@given(
    stands=RECORDS, seen=SNAPSHOTS, reporter=st.sampled_from(["site-a", "site-b"]), evidence=st.sampled_from(Evidence)
)
@example(stands=None, seen=snapshot({"site-b": "HEALTHY"}), reporter="site-a", evidence=Evidence.GONE)
def test_whatever_stands_and_is_seen(
    stands: FenceRecord | None, seen: EndpointSnapshot, reporter: str, evidence: Evidence
) -> None:
    other = "site-b" if reporter == "site-a" else "site-a"
    decision = decide(stands, seen, reporter, evidence)

    assert (decision.outcome is not None) == (decision.action is Action.STOP)
    assert (decision.record is not None) == (decision.action is not Action.STOP)
    assert decision.reason
    if decision.record is not None:
        assert (decision.record.survivor, decision.record.fenced) == (reporter, other)
    if decision.action is Action.RESUME:
        assert decision.record is stands
    if decision.action is Action.CLAIM:
        _assert_safe_claim(decision.record, stands, seen, reporter, other)


def _assert_safe_claim(
    claim: FenceRecord | None, stands: FenceRecord | None, seen: EndpointSnapshot, reporter: str, other: str
) -> None:
    assert claim is not None
    assert claim.phase is Phase.FENCING
    assert claim.generation == (stands.generation if stands else 0) + 1
    if stands is not None:
        assert stands.phase is FENCED
        assert seen.serves(stands.fenced)
        assert stands.fenced_at is not None
        assert NOW - stands.fenced_at >= HOLD_DOWN
    for group in seen.groups:
        if group.endpoints:
            assert seen.listener_serves(group.listener_arn, reporter)
    healths: set[Health] = {end.health for _, end in seen.endpoints_of(reporter)}
    assert healths == {"HEALTHY"} or not seen.any_healthy(other)
