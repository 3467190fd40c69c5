"""May this reporter survive, and is it true what it says?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencing.decisions.evidence import Evidence, read_evidence
from fencing.decisions.fitness import out_of_accelerator
from fencing.decisions.judge_report import Verdict, judge_report
from fencing.outcome import OutcomeCode
from fencing.topology import EndpointSnapshot, Health
from tests.unit.builders import BOTH_HEALTHY, NOBODY, ONLY_A, ONLY_B, alert, snapshot

GONE, IN_VIEW, UNKNOWN = Evidence.GONE, Evidence.IN_VIEW, Evidence.UNKNOWN


@pytest.mark.parametrize(
    ("sites_view", "evidence"),
    [
        (("site-a", "site-b"), IN_VIEW),
        (("site-b",), IN_VIEW),
        (("site-a",), GONE),
        (("site-a", "site-c"), GONE),
        ((), UNKNOWN),
        (("site-c",), UNKNOWN),
    ],
)
def test_only_a_view_that_holds_the_reporter_itself_proves_that_the_other_is_gone(
    sites_view: tuple[str, ...], evidence: Evidence
) -> None:
    assert read_evidence(sites_view, alert()) is evidence


def test_a_reporter_that_is_out_of_the_accelerator_learns_who_survives() -> None:
    ended = out_of_accelerator(ONLY_B, alert())
    assert ended is not None
    assert ended.code is OutcomeCode.OTHER_SITE_SURVIVES
    assert ended.sentence == (
        "site-b serves and site-a does not, so site-a's report about site-b was put aside: "
        "site-a is not in the accelerator."
    )


def test_with_nobody_in_the_accelerator_the_report_is_refused_and_a_human_asked() -> None:
    ended = out_of_accelerator(NOBODY, alert())
    assert ended is not None
    assert ended.code is OutcomeCode.REFUSED
    assert "nobody is served" in ended.sentence
    assert "add its endpoint" in ended.next_step


@pytest.mark.parametrize("seen", [BOTH_HEALTHY, ONLY_A, snapshot({"site-b": "HEALTHY"}, {"site-a": "UNHEALTHY"})])
def test_a_reporter_in_any_listener_is_in_the_accelerator(seen: EndpointSnapshot) -> None:
    assert out_of_accelerator(seen, alert()) is None


PROCEED, WAIT, REFUSED, FALSE_ALARM = "proceed", "wait", "refused", "false alarm"
_VERDICTS = {PROCEED: (Verdict.PROCEED, None), WAIT: (Verdict.WAIT, None)}
_OUTCOMES = {REFUSED: OutcomeCode.REFUSED, FALSE_ALARM: OutcomeCode.FALSE_ALARM}


@pytest.mark.parametrize(
    ("reporter", "other", "evidence", "first", "last"),
    [
        ("HEALTHY", "HEALTHY", GONE, PROCEED, PROCEED),
        ("HEALTHY", "HEALTHY", UNKNOWN, PROCEED, PROCEED),
        ("HEALTHY", "HEALTHY", IN_VIEW, WAIT, FALSE_ALARM),
        ("HEALTHY", "UNHEALTHY", IN_VIEW, WAIT, FALSE_ALARM),
        ("HEALTHY", None, GONE, PROCEED, PROCEED),
        ("HEALTHY", None, IN_VIEW, WAIT, FALSE_ALARM),
        ("INITIAL", "HEALTHY", GONE, WAIT, REFUSED),
        ("INITIAL", "INITIAL", UNKNOWN, WAIT, REFUSED),
        ("INITIAL", "UNHEALTHY", GONE, PROCEED, PROCEED),
        ("UNHEALTHY", "HEALTHY", GONE, REFUSED, REFUSED),
        ("UNHEALTHY", "UNHEALTHY", UNKNOWN, REFUSED, REFUSED),
        ("UNHEALTHY", "UNHEALTHY", GONE, PROCEED, PROCEED),
        ("UNHEALTHY", "INITIAL", GONE, PROCEED, PROCEED),
        ("UNHEALTHY", None, GONE, PROCEED, PROCEED),
        ("UNHEALTHY", "HEALTHY", IN_VIEW, WAIT, FALSE_ALARM),
    ],
)
def test_the_verdict(reporter: Health, other: Health | None, evidence: Evidence, first: str, last: str) -> None:
    seen = snapshot({"site-a": reporter} | ({"site-b": other} if other else {}))
    for expected, last_check in ((first, False), (last, True)):
        judgement = judge_report(seen, alert(), evidence, last_check=last_check)
        verdict, code = _VERDICTS.get(expected, (Verdict.STOP, _OUTCOMES.get(expected)))
        assert (judgement.verdict, judgement.outcome and judgement.outcome.code) == (verdict, code)


def test_one_unhealthy_listener_makes_the_reporter_unfit_while_the_other_site_serves() -> None:
    seen = snapshot({"site-a": "HEALTHY", "site-b": "HEALTHY"}, {"site-a": "UNHEALTHY", "site-b": "UNHEALTHY"})
    judgement = judge_report(seen, alert(), GONE, last_check=False)
    assert judgement.outcome is not None
    assert judgement.outcome.sentence == (
        "Refused: site-a is UNHEALTHY in the accelerator, while site-b is HEALTHY. Nothing was changed."
    )


def test_a_false_alarm_about_a_fenced_site_reminds_of_the_restore() -> None:
    judgement = judge_report(ONLY_A, alert(), IN_VIEW, last_check=True)
    assert judgement.outcome is not None
    assert "still out of the accelerator" in judgement.outcome.next_step


@pytest.mark.parametrize(
    ("seen", "evidence", "reason"),
    [
        (BOTH_HEALTHY, GONE, "site-a is HEALTHY, and its Infinispan confirms that site-b is gone."),
        (BOTH_HEALTHY, UNKNOWN, "its Infinispan can't tell whether site-b is gone, so the alert is believed."),
        (snapshot({"site-a": "UNHEALTHY", "site-b": "UNHEALTHY"}), GONE, "site-b isn't healthy either."),
    ],
)
def test_the_reason_says_what_the_decision_rests_on(seen: EndpointSnapshot, evidence: Evidence, reason: str) -> None:
    assert judge_report(seen, alert(), evidence, last_check=False).reason.endswith(reason)


HEALTH = st.sampled_from(["HEALTHY", "INITIAL", "UNHEALTHY"])
LISTENERS = st.lists(st.dictionaries(st.sampled_from(["site-a", "site-b"]), HEALTH), min_size=1, max_size=3)


@given(listeners=LISTENERS, evidence=st.sampled_from(Evidence), last_check=st.booleans())
def test_a_judgement_ends_with_an_outcome_exactly_when_it_stops_and_never_waits_the_last_time(
    listeners: list[dict[str, Health]], evidence: Evidence, last_check: bool
) -> None:
    seen = snapshot(*listeners)
    if out_of_accelerator(seen, alert()):
        return
    judgement = judge_report(seen, alert(), evidence, last_check=last_check)
    assert (judgement.outcome is not None) == (judgement.verdict is Verdict.STOP)
    assert not (last_check and judgement.verdict is Verdict.WAIT)
    assert judgement.reason
    if judgement.verdict is Verdict.PROCEED:
        assert evidence is not IN_VIEW
        everywhere_healthy = all(sites.get("site-a", "HEALTHY") == "HEALTHY" for sites in listeners)
        nobody_else = not any(sites.get("site-b") == "HEALTHY" for sites in listeners)
        assert everywhere_healthy or (nobody_else and evidence is GONE)
