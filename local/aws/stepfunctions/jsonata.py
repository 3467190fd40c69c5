"""JSONata as Step Functions evaluates it: JSONata, the functions that AWS adds, and an error for "nothing"."""

from __future__ import annotations

import hashlib
import json
import math
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from jsonata import Jsonata
from jsonata.jexception import JException
from jsonata.utils import Utils


class QueryEvaluationError(ValueError):
    """An expression that can't be evaluated, or whose value isn't JSON. Step Functions: States.QueryEvaluationError.

    The message is what Step Functions says of the expression, without its beginning "The JSONata expression '...'
    specified for the field '...'".
    """


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
    except JException as error:
        raise QueryEvaluationError(f"threw an error during evaluation. {error.error}: {error}") from error
    except Exception as error:  # jsonata-python lets any Python error of an expression through, not only its own
        raise QueryEvaluationError(f"threw an error during evaluation. {error}") from error
    if value is None:
        raise QueryEvaluationError("returned nothing (undefined).")
    return _from_jsonata(value)


def check_type(value: Any, wanted: str | None) -> None:
    """Raises QueryEvaluationError when a field needs a value of another type ("boolean", "string", "number")."""
    if wanted is None or (found := _type(value)) == wanted:
        return
    shown = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    raise QueryEvaluationError(
        f"returned an unexpected result type. Expected '{wanted}', but was '{found}' for value: {shown}"
    )


def _type(value: Any) -> str:
    """As JSONata's `$type` names it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "string"
    if isinstance(value, int | float):
        return "number"
    return "object" if isinstance(value, Mapping) else "array"


def _to_jsonata(value: Any) -> Any:
    """jsonata-python takes None for undefined and has a value of its own for null."""
    if value is None:
        return Utils.NULL_VALUE
    if isinstance(value, Mapping):
        return {key: _to_jsonata(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [_to_jsonata(member) for member in value]
    return value


def _from_jsonata(value: Any) -> Any:
    if value is Utils.NULL_VALUE or value is None:
        return None
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return int(value) if value.is_integer() else value
    if isinstance(value, Mapping):
        return {key: _from_jsonata(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_from_jsonata(member) for member in value]
    raise QueryEvaluationError("returned an unsupported result type.")


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
