"""Time, passed into the steps so that tests own it."""

import time
from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the current time, aware, in UTC."""
    return datetime.now(UTC)


def pause(seconds: float) -> None:
    """Sleep between two reads."""
    time.sleep(seconds)
