"""The real time."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from fencing.adapters import clock


def test_now_is_aware_and_in_utc() -> None:
    now = clock.utc_now()
    assert now.tzinfo is UTC
    assert abs(datetime.now(UTC) - now) < timedelta(minutes=1)


def test_a_pause_takes_its_time() -> None:
    before = time.monotonic()
    clock.pause(0.01)
    assert time.monotonic() - before >= 0.01
