"""A few rounds of `python -m verification.chaos`."""

import pytest

from verification.chaos.run import run


@pytest.mark.sam
@pytest.mark.slow
def test_killed_processes_break_nothing():
    chaos = run(kills=5, seed=1)

    assert chaos.kills >= 5
    assert chaos.wrong == ()
