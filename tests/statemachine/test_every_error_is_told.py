"""Whatever a function's error is called and carries, the outcome of the execution is told, in a true sentence."""

import json
from collections.abc import Iterable, Iterator
from itertools import cycle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencing import errors
from local.aws.stepfunctions.jsonata import evaluate
from tests.statemachine.causes import CAUSES, LONGEST_CAUSE, NOTHING, of_lambda
from tests.statemachine.definitions import DEFINITIONS, LAMBDA_INVOKE
from tests.statemachine.failing import Ended, Machine, machine
from tests.statemachine.test_errors import leaves

STATES = DEFINITIONS["fence.asl.json"]["States"]
TASKS = [name for name, state in STATES.items() if state.get("Resource") == LAMBDA_INVOKE]
ERRORS = [
    *(kind.__name__ for branch in (errors.TransientError, errors.FinalError) for kind in leaves(branch)),
    *("States.Timeout", "States.DataLimitExceeded", "States.Permissions", "Sandbox.Timedout", "Runtime.ExitError"),
    *("Runtime.OutOfMemory", "Lambda.Unknown", "Lambda.TooManyRequestsException", "Lambda.ResourceNotReadyException"),
]
# What is said around the error's words, by the state that its catcher leads to.
AROUND = {
    "Refuse": ("Refused", "Refused: ", " Nothing was changed."),
    "Give up before the decision": ("NotFenced", "Not fenced: {error}: ", " Nothing was changed."),
    "Give up at the decision": (
        *("NotFenced", "Not fenced: {error}: "),
        " No endpoint was touched, but the decision may have been written.",
    ),
    "Stop halfway": (
        *("PartlyFenced", "Partly fenced: site-a survives site-b by decision, but it is not carried out: {error}: "),
        "",
    ),
}


@pytest.fixture(scope="module")
def fence() -> Iterator[Machine]:
    with machine() as made:
        yield made


def function_of(task: str) -> str:
    name: str = STATES[task]["Arguments"]["FunctionName"]
    return name.removeprefix("${").removesuffix("Arn}")


def told(task: str, error: str, words: str) -> tuple[str, str]:
    """The code and the sentence."""
    catchers = STATES[task]["Catch"]
    caught = next(one for one in catchers if error in one["ErrorEquals"] or one["ErrorEquals"] == ["States.ALL"])
    code, before, after = AROUND[caught["Next"]]
    stop = "" if words.endswith(".") else "."
    return code, f"{before.format(error=error)}{words}{stop}{after}"


def check(ended: Ended, code: str, sentence: str) -> None:
    assert (ended.error, ended.cause) == (code, sentence)
    assert ended.message.startswith(f"{sentence}\n\nWhat to do now: ")
    assert (ended.event["code"], ended.event["sentence"]) == (code, sentence)


def one_after_the_other(names: Iterable[str]) -> pytest.MarkDecorator:
    """Parametrize with `name`, and each time with the next task."""
    return pytest.mark.parametrize(("name", "task"), list(zip(names, cycle(TASKS), strict=False)))


@one_after_the_other(CAUSES)
def test_a_hostile_cause_is_told(fence: Machine, name: str, task: str) -> None:
    cause, words = CAUSES[name]
    check(fence.run(function_of(task), "Unforeseen", cause), *told(task, "Unforeseen", words))


@one_after_the_other(ERRORS)
def test_every_error_is_told(fence: Machine, name: str, task: str) -> None:
    cause, words = CAUSES["a sentence"]
    check(fence.run(function_of(task), name, cause), *told(task, name, words))


@pytest.mark.slow
@pytest.mark.parametrize("error", ERRORS)
def test_every_error_is_told_with_every_cause(fence: Machine, error: str) -> None:
    tasks = cycle(TASKS)
    for cause, words in CAUSES.values():
        task = next(tasks)
        check(fence.run(function_of(task), error, cause), *told(task, error, words))


def test_a_time_out_reads_well(fence: Machine) -> None:
    """To its error AWS gives no cause; what the definition sees then is an empty text, as moto's authors recorded."""
    ended = fence.run(function_of("Resolve the accelerator"), "States.Timeout", "")
    assert ended.cause == f"Not fenced: States.Timeout: {NOTHING}. Nothing was changed."


@pytest.mark.parametrize("task", TASKS)
def test_an_inactive_function_that_wakes_up_within_90_seconds_costs_nothing_else(fence: Machine, task: str) -> None:
    ended = fence.run(function_of(task), "Lambda.ResourceNotReadyException", "The function is inactive.", times=18)
    assert ended.error is None
    assert ended.event["code"] == "Fenced"


CHARACTERS = st.characters(exclude_categories=["Cs"])  # what isn't UTF-8 doesn't come over the API
TEXTS = st.text(CHARACTERS, max_size=2000)
KEYS = st.sampled_from(["errorMessage", "errorType", "x"])
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | TEXTS,
    lambda inside: st.lists(inside) | st.dictionaries(KEYS, inside),
    max_leaves=5,
)
PIECES = st.sampled_from(
    ['{"errorMessage": "', '"errorMessage":"', "\\", '\\"', '"', "\\u00", "1f", "\n", "💔", " ", "."]
)


def sentence(problem: dict[str, Any]) -> str:
    """What the two states that every error passes through make of it."""
    said = evaluate(inner(STATES["Read the error"]["Assign"]["said"]), {"problem": problem})
    outcome = {"sentence": {"before": "Not fenced: ", "after": "Nothing was changed."}}
    expression = inner(STATES["Say what went wrong"]["Assign"]["outcome"]["sentence"])
    text: str = evaluate(expression, {"outcome": outcome, "said": said})
    return text


def inner(expression: str) -> str:
    return expression.removeprefix("{%").removesuffix("%}")


@given(cause=TEXTS | st.lists(PIECES).map("".join) | JSON.map(of_lambda) | JSON.map(json.dumps))
def test_any_cause_becomes_a_short_line(cause: str) -> None:
    line = sentence({"Error": "Unforeseen", "Cause": cause[:LONGEST_CAUSE]})
    assert line.startswith("Not fenced: ")
    assert line.endswith(". Nothing was changed.")
    assert len(line) < 1100
    assert not any(character < " " for character in line)


@given(words=st.lists(st.text(CHARACTERS.filter(str.isprintable), min_size=1, max_size=9), max_size=90))
def test_a_message_is_told_in_its_own_words(words: list[str]) -> None:
    message = " ".join(" ".join(words).split())
    expected = f"{message or NOTHING}. ".replace(".. ", ". ")
    assert (
        sentence({"Error": "Unforeseen", "Cause": of_lambda(message)}) == f"Not fenced: {expected}Nothing was changed."
    )


@pytest.mark.parametrize("cause", [None, 5, True, [], ["a"], {}, {"a": None}])
def test_even_a_cause_that_is_no_text_is_told(cause: Any) -> None:
    line = sentence({"Error": "Unforeseen", "Cause": cause})
    assert line.endswith(". Nothing was changed.")


def test_even_a_missing_cause_is_told() -> None:
    assert sentence({"Error": "States.Timeout"}) == f"Not fenced: {NOTHING}. Nothing was changed."
