"""JSONata as Step Functions evaluates it."""

import hashlib
import uuid

import pytest

from local.aws.stepfunctions.jsonata import QueryEvaluationError, evaluate


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("$states.input.n * 2", 42),
        ("$states.input.n / 2", 10.5),
        ("$text & '!'", 'a "quoted" \\ text\n!'),
        ("$none", None),
        ("$exists($none)", True),
        ("$exists($states.input.missing)", False),
        ("$states.input.list[1].name", "two"),
        ("$states.input.list.name", ["one", "two"]),
        ("$count($states.input.list)", 2),
        ("{'a': [1, {'b': null}]}", {"a": [1, {"b": None}]}),
        ("[]", []),
        ("$lowercase('ABC')", "abc"),
        ("$parse('{\"a\": [1, null]}')", {"a": [1, None]}),
        ("$parse($states.input.json).errorMessage", "boom"),
        ("$partition([1, 2, 3], 2)", [[1, 2], [3]]),
        ("$range(0, 6, 3)", [0, 3, 6]),
        ("$range(3, 1, -1)", [3, 2, 1]),
        ("$hash('text', 'SHA-256')", hashlib.sha256(b"text").hexdigest()),
        ("$string({'a': 1})", '{"a":1}'),
    ],
)
def test_value(expression: str, value: object):
    states = {"input": {"n": 21, "list": [{"name": "one"}, {"name": "two"}], "json": '{"errorMessage": "boom"}'}}
    assert evaluate(expression, {"states": states, "text": 'a "quoted" \\ text\n', "none": None}) == value


def test_uuid_is_one():
    assert uuid.UUID(evaluate("$uuid()", {})).version == 4


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("$states.input.missing", "undefined"),
        ("$unknown", "undefined"),
        ("1 +", "threw an error during evaluation. S0207: Unexpected end of expression"),
        ("$unknown(1)", "threw an error during evaluation. T1006: Attempted to invoke a non-function"),
        ("$number('x')", "threw an error during evaluation"),
        ("1 / 0", "threw an error during evaluation"),
        ("$parse('{')", "threw an error during evaluation"),
        ("$eval('1')", r"doesn't support \$eval"),
        ("$sum", "unsupported result type"),
        ("function($x) { $x }", "unsupported result type"),
        ("[$sum]", "unsupported result type"),
    ],
)
def test_what_fails_a_state(expression: str, reason: str):
    with pytest.raises(QueryEvaluationError, match=reason):
        evaluate(expression, {"states": {"input": {}}})


def test_variables_stay_as_they_are():
    variables = {"a": {"b": [1]}}
    assert evaluate("$append($a.b, 2)", variables) == [1, 2]
    assert variables == {"a": {"b": [1]}}
