"""Did take-offline work? Only what is said of each cache counts."""

from __future__ import annotations

import pytest

from fencing.decisions.confirm_offline import caches_that_refused


def test_all_caches_ok_is_no_refusal() -> None:
    assert not caches_that_refused({"sessions": "ok", "authenticationSessions": "ok"})


def test_no_cache_at_all_is_a_refusal() -> None:
    assert caches_that_refused({}) == "it has no cache with a backup to that site"


@pytest.mark.parametrize("said", ["Incorrect site name: nope", "OK", "ok ", "", "Exception on sessions : ISPN000287"])
def test_a_refused_cache_is_not_taken_for_offline(said: str) -> None:
    refused = caches_that_refused({"work": "ok", "sessions": said})
    assert refused == f"sessions said {said!r}"


def test_every_cache_that_refused_is_named_in_order() -> None:
    assert caches_that_refused({"b": "no", "a": "never", "c": "ok"}) == "a said 'never'; b said 'no'"
