from __future__ import annotations

import pytest

from local.sites.simulated.link import Link


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def link(clock: Clock) -> Link:
    link = Link(detection_seconds=5.0, clock=clock)
    link.join("site-a")
    link.join("site-b")
    return link


def test_a_cut_is_felt_at_once_and_seen_after_a_while(link: Link, clock: Clock) -> None:
    link.cut()

    assert not link.reaches("site-a", "site-b")
    assert link.sees("site-a", "site-b")
    clock.now += 5.0
    assert not link.sees("site-a", "site-b")
    assert not link.sees("site-b", "site-a")


def test_a_site_always_sees_itself(link: Link, clock: Clock) -> None:
    link.cut()
    clock.now += 5.0

    assert link.sees("site-a", "site-a")


def test_cutting_again_does_not_start_detection_anew(link: Link, clock: Clock) -> None:
    link.cut()
    clock.now += 4.0
    link.cut()
    clock.now += 1.0

    assert not link.sees("site-a", "site-b")


def test_a_healed_link_is_seen_at_once(link: Link, clock: Clock) -> None:
    link.cut()
    clock.now += 60.0
    link.heal()

    assert link.reaches("site-a", "site-b")
    assert link.sees("site-a", "site-b")


def test_a_site_that_ended_is_lost_after_detection(link: Link, clock: Clock) -> None:
    link.leave("site-b")

    assert not link.reaches("site-a", "site-b")
    assert link.sees("site-a", "site-b")
    clock.now += 5.0
    assert not link.sees("site-a", "site-b")


def test_a_site_that_starts_behind_a_cut_link_is_not_seen(link: Link, clock: Clock) -> None:
    link.cut()
    clock.now += 60.0
    link.leave("site-b")
    link.join("site-b")

    assert not link.sees("site-a", "site-b")
    assert not link.sees("site-b", "site-a")
