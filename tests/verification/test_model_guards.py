"""A guard of the protocol is load-bearing: without it, the explorer finds what breaks."""

import pytest

from verification.model.guards import FUNCTIONS, GUARDS, Guard, explore_without_each

# Found in seconds; `make explore` removes each of them.
_QUICK = ("the survivor in the listener before a removal",)


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_the_patch_that_removes_a_guard_fits_the_code(guard: Guard):
    assert (FUNCTIONS / guard.file).read_text().count(guard.guarded) == 1


@pytest.mark.slow
def test_without_a_guard_something_breaks():
    quick = [guard for guard in GUARDS if guard.name in _QUICK]

    for guard, explored in explore_without_each(quick):
        assert explored.broken, f"nothing breaks without {guard.name}"
        assert explored.broken in explored.counterexample[-1]
