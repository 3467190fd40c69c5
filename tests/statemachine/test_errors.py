"""The tree of errors and the definitions' ErrorEquals tell the same story."""

import inspect

import pytest

from fencing import errors
from tests.statemachine.definitions import error_names


def leaves(branch: type[errors.FencingError]) -> list[type[errors.FencingError]]:
    """Return the classes of a branch that have no subclasses: those that are raised."""
    classes = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, branch)]
    return [kind for kind in classes if not kind.__subclasses__()]


def names(branch: type[errors.FencingError]) -> set[str]:
    return {kind.__name__ for kind in leaves(branch)}


def test_exactly_the_transient_errors_are_retried():
    assert error_names("Retry") == names(errors.TransientError)


def test_exactly_the_final_errors_are_caught_by_name():
    assert error_names("Catch") == names(errors.FinalError)


@pytest.mark.parametrize("kind", leaves(errors.TransientError))
def test_a_transient_error_says_that_it_is_retried(kind):
    assert str(kind.__doc__).strip().endswith(". Retried.")


@pytest.mark.parametrize("kind", leaves(errors.FinalError))
def test_a_final_error_says_that_it_is_not_retried(kind):
    assert str(kind.__doc__).strip().endswith(". Not retried.")


def test_every_error_is_of_one_of_the_three_kinds():
    kinds = (errors.TransientError, errors.FinalError, errors.RequestRejected)
    assert names(errors.FencingError) == set().union(*map(names, kinds))
