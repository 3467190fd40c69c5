"""The one tree of errors."""

from __future__ import annotations

import builtins

import pytest

from fencing import errors
from fencing.errors import FencingError, FinalError, RequestRejected, TransientError

ALL = [found for found in vars(errors).values() if isinstance(found, type) and issubclass(found, FencingError)]
BRANCHES = (TransientError, FinalError, RequestRejected)
LEAVES = [found for found in ALL if found is not FencingError and found not in BRANCHES]


@pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: leaf.__name__)
def test_every_error_is_of_exactly_one_branch_and_says_whether_it_is_retried(leaf: type[FencingError]) -> None:
    (branch,) = (found for found in BRANCHES if issubclass(leaf, found))
    assert leaf.__doc__
    if branch is not RequestRejected:
        assert leaf.__doc__.endswith(" Retried." if branch is TransientError else " Not retried."), leaf.__doc__


def test_names_are_unlike_those_of_python() -> None:
    assert not {found.__name__ for found in ALL} & set(dir(builtins))
    assert len({found.__name__ for found in ALL}) == len(ALL)
