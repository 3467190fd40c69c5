"""JSONata as Step Functions evaluates it: JSONata, the functions that AWS adds, and an error for "nothing"."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from jsonata import Jsonata
from jsonata.utils import Utils


class QueryEvaluationError(ValueError):
    """An expression that can't be evaluated, or whose value isn't JSON. Step Functions: States.QueryEvaluationError."""


def evaluate(expression: str, variables: Mapping[str, Any]) -> Any:
    """The JSON value of `expression`, with `variables` bound by their names without the dollar sign.

    Raises QueryEvaluationError where Step Functions fails a state: a syntax error, a failing function, a value that
    isn't JSON (a function), and undefined, which isn't null.
    """
    try:
        compiled = Jsonata(expression)
        compiled.set_output_convert_nulls(False)
        for name, function in _AWS_FUNCTIONS.items():
            compiled.register_lambda(name, function)
        value = compiled.evaluate(None, {name: _to_jsonata(value) for name, value in variables.items()})
    except Exception as error:  # jsonata-python lets any Python error of an expression through, not only its own
        raise QueryEvaluationError(f"The JSONata expression '{expression}' failed: {error}") from error
    if value is None:
        raise QueryEvaluationError(f"The JSONata expression '{expression}' returned nothing (undefined).")
    return _from_jsonata(value, expression)


def _to_jsonata(value: Any) -> Any:
    """jsonata-python takes None for undefined and has a value of its own for null."""
    if value is None:
        return Utils.NULL_VALUE
    if isinstance(value, Mapping):
        return {key: _to_jsonata(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [_to_jsonata(member) for member in value]
    return value


def _from_jsonata(value: Any, expression: str) -> Any:
    if value is Utils.NULL_VALUE or value is None:
        return None
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, Mapping):
        return {key: _from_jsonata(member, expression) for key, member in value.items()}
    if isinstance(value, list):
        return [_from_jsonata(member, expression) for member in value]
    raise QueryEvaluationError(f"The JSONata expression '{expression}' returned an unsupported result type.")


def _parse(text: str) -> Any:
    return _to_jsonata(json.loads(text))


def _partition(array: list[Any], size: int) -> list[list[Any]]:
    return [array[start : start + size] for start in range(0, len(array), size)]


def _range(first: int, last: int, step: int) -> list[int]:
    return list(range(first, last + (1 if step > 0 else -1), step))


def _hash(text: str, algorithm: str) -> str:
    return hashlib.new(algorithm.replace("-", "").lower(), text.encode()).hexdigest()


def _uuid() -> str:
    return str(uuid.uuid4())


def _eval(_expression: str) -> None:
    raise QueryEvaluationError("Step Functions doesn't support $eval")


# https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html, "JSONata functions provided by Step
# Functions". $random with a seed is left out: nothing here uses it.
_AWS_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "parse": _parse,
    "partition": _partition,
    "range": _range,
    "hash": _hash,
    "uuid": _uuid,
    "eval": _eval,
}
