"""Tests that share something dear run in one process, whatever pytest and pytest-xdist think of each other."""

import pytest


@pytest.mark.xdist_group("house")
def test_a_group_is_seen_by_the_scheduler(request: pytest.FixtureRequest) -> None:
    is_grouped = request.config.getoption("loadgroup", default=False)
    assert request.node.nodeid.endswith("@house") == is_grouped
