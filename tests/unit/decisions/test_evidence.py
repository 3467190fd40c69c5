"""What the reporter's own Infinispan says about the other site."""

from __future__ import annotations

import pytest

from fencing.decisions.evidence import Evidence, read_evidence
from tests.unit.builders import alert


@pytest.mark.parametrize(
    ("sites_view", "evidence"),
    [
        (("site-a", "site-b"), Evidence.IN_VIEW),
        (("site-b",), Evidence.IN_VIEW),
        (("site-a",), Evidence.GONE),
        (("site-a", "site-c"), Evidence.GONE),
        ((), Evidence.UNKNOWN),
        (("site-c",), Evidence.UNKNOWN),
    ],
)
def test_only_a_view_that_holds_the_reporter_itself_proves_that_the_other_is_gone(
    sites_view: tuple[str, ...], evidence: Evidence
) -> None:
    assert read_evidence(sites_view, alert()) is evidence
