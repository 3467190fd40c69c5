"""Is it true what the reporter says, and may it survive?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencing.decisions.evidence import Evidence
from fencing.decisions.fitness import out_of_accelerator
from fencing.decisions.judge_report import Verdict, judge_report
from fencing.outcome import OutcomeCode
from fencing.topology import EndpointSnapshot, Health
from tests.unit.builders import BOTH_HEALTHY, ONLY_A, alert, snapshot

GONE, IN_VIEW, UNKNOWN = Evidence.GONE, Evidence.IN_VIEW, Evidence.UNKNOWN


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
