"""Whether users can log in: what the accelerators do with them, and whether the site that they meet takes writes."""

from __future__ import annotations

import pytest

from local.commands.verdict import logins
from local.world.plan import AcceleratorPlan, ListenerPlan, WorldPlan

NAME = WorldPlan().accelerators[0].dns_name
BOTH = ("site-a", "site-b")
TWO_LISTENERS = WorldPlan(
    accelerators=(AcceleratorPlan(listeners=(ListenerPlan(443, BOTH), ListenerPlan(8443, BOTH))),)
)


def endpoint(site: str, health: str = "HEALTHY", port: int = 443) -> dict[str, object]:
    return {"accelerator": NAME, "port": port, "site": site, "health": health}


A, B = endpoint("site-a"), endpoint("site-b")
A_IS_ILL, B_IS_ILL = endpoint("site-a", "UNHEALTHY"), endpoint("site-b", "UNHEALTHY")


@pytest.mark.parametrize(
    ("endpoints", "writable", "everybody", "sentence"),
    [
        ([A], "a", True, "users can log in, and site-a serves them."),
        ([A, B], "ab", True, "users can log in, and site-a and site-b serve them."),
        ([A, B_IS_ILL], "a", True, "users can log in, and site-a serves them."),
        ([A, B], "a", False, "some users can't log in, since users are sent to site-b, which refuses writes."),
        ([A_IS_ILL, B_IS_ILL], "b", False, "some users can't log in, since users are sent to site-a, which refuses"),
        ([A], "b", False, "nobody can log in, since users are sent to site-a, which refuses writes."),
        ([A, B], "", False, "nobody can log in, since users are sent to site-a and site-b, which refuse writes."),
        ([], "ab", False, "nobody can log in, since no site is in the accelerator."),
    ],
)
def test_users_meet_the_healthy_endpoints_or_any(
    endpoints: list[dict[str, object]], writable: str, everybody: bool, sentence: str
) -> None:
    writes = {site: site[-1] in writable for site in BOTH}
    found = logins({"accelerators": endpoints}, WorldPlan(), writes)
    assert (found.everybody, found.sentence[: len(sentence)]) == (everybody, sentence)


def test_every_listener_needs_an_endpoint() -> None:
    found = logins({"accelerators": [A]}, TWO_LISTENERS, {"site-a": True, "site-b": True})
    assert not found.everybody
    assert found.sentence == f"some users can't log in, since nobody serves {NAME}:8443."


def test_every_listener_is_looked_at() -> None:
    served = [A, endpoint("site-b", port=8443)]
    found = logins({"accelerators": served}, TWO_LISTENERS, {"site-a": True, "site-b": False})
    assert found.sentence == "some users can't log in, since users are sent to site-b, which refuses writes."
