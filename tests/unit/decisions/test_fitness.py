"""May the reporter go on alone?"""

from __future__ import annotations

import pytest

from fencing.decisions.evidence import Evidence
from fencing.decisions.fitness import out_of_accelerator, why_unfit
from fencing.outcome import OutcomeCode
from fencing.topology import EndpointSnapshot, Health
from tests.unit.builders import BOTH_HEALTHY, NOBODY, ONLY_A, ONLY_B, alert, snapshot


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


@pytest.mark.parametrize(
    ("reporter", "other", "evidence", "why"),
    [
        ("HEALTHY", "HEALTHY", Evidence.UNKNOWN, None),
        ("UNHEALTHY", "UNHEALTHY", Evidence.GONE, None),
        ("UNHEALTHY", "INITIAL", Evidence.GONE, None),
        ("UNHEALTHY", "HEALTHY", Evidence.GONE, "site-a is UNHEALTHY in the accelerator, while site-b is HEALTHY"),
        (
            "INITIAL",
            "UNHEALTHY",
            Evidence.UNKNOWN,
            "site-a is INITIAL in the accelerator, and its Infinispan doesn't confirm that site-b is gone",
        ),
    ],
)
def test_whoever_goes_on_alone_is_healthy_unless_refusing_would_leave_nobody(
    reporter: Health, other: Health, evidence: Evidence, why: str | None
) -> None:
    assert why_unfit(snapshot({"site-a": reporter, "site-b": other}), alert(), evidence) == why
