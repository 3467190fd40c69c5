"""Where in a state an expression stands, as Step Functions names it: "Output/result", "Arguments/Entries[0]/Detail".

moto knows only the field that it met last.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from moto.stepfunctions.parser.asl.component.common.assign.assign_template_binding import AssignTemplateBinding
from moto.stepfunctions.parser.asl.component.common.assign.assign_template_value_array import AssignTemplateValueArray
from moto.stepfunctions.parser.asl.component.common.catch.catch_decl import CatchDecl
from moto.stepfunctions.parser.asl.component.common.catch.catcher_decl import CatcherDecl
from moto.stepfunctions.parser.asl.component.common.jsonata.jsonata_template_binding import JSONataTemplateBinding
from moto.stepfunctions.parser.asl.component.common.jsonata.jsonata_template_value_array import (
    JSONataTemplateValueArray,
)
from moto.stepfunctions.parser.asl.component.common.outputdecl import Output
from moto.stepfunctions.parser.asl.component.common.parargs import Parargs
from moto.stepfunctions.parser.asl.component.common.timeouts.timeout import TimeoutSecondsJSONata
from moto.stepfunctions.parser.asl.component.state.choice.choice_rule import ChoiceRule
from moto.stepfunctions.parser.asl.component.state.choice.comparison.comparison import ConditionStringJSONata
from moto.stepfunctions.parser.asl.component.state.choice.state_choice import StateChoice
from moto.stepfunctions.parser.asl.component.state.fail.cause_decl import Cause
from moto.stepfunctions.parser.asl.component.state.fail.error_decl import Error
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.seconds import SecondsJSONata
from moto.stepfunctions.parser.asl.eval.environment import Environment

from local.aws.patching import replace_method

POSITION = "position"

_thread = threading.local()


def install() -> None:
    """Idempotent: see `local.aws.repairs`."""
    replace_method(Output, "_eval_body", _in_field(lambda _: "Output"))
    replace_method(Parargs, "_eval_body", _in_field(lambda _: "Arguments"))
    replace_method(ConditionStringJSONata, "_eval_body", _in_field(lambda _: "Condition"))
    replace_method(Error, "_eval_body", _in_field(lambda _: "Error"))
    replace_method(Cause, "_eval_body", _in_field(lambda _: "Cause"))
    replace_method(SecondsJSONata, "_get_wait_seconds", _in_field(lambda _: "Seconds"))
    replace_method(TimeoutSecondsJSONata, "_eval_seconds", _in_field(lambda _: "TimeoutSeconds"))
    for binding in (JSONataTemplateBinding, AssignTemplateBinding):
        replace_method(binding, "_eval_body", _in_field(lambda self: self.identifier))
    for array in (JSONataTemplateValueArray, AssignTemplateValueArray):
        replace_method(array, "_eval_body", _elements)
    replace_method(CatchDecl, "__init__", _number(lambda self: self.catchers))
    replace_method(CatcherDecl, "_eval_body", _in_field(lambda self: f"Catch[{vars(self)[POSITION]}]"))
    replace_method(StateChoice, "from_state_props", _number(lambda self: self.choices_decl.rules))
    replace_method(ChoiceRule, "_eval_body", _in_field(lambda self: f"Choices[{vars(self)[POSITION]}]"))


def location() -> str:
    """The place of what this thread evaluates now, from its state on."""
    return "/".join(_path()).replace("/[", "[")


@contextmanager
def within(segment: str) -> Iterator[None]:
    """Let what is evaluated stand in this field, in this element ("[0]") or under this key."""
    _path().append(segment)
    try:
        yield
    finally:
        _path().pop()


def _path() -> list[str]:
    if not hasattr(_thread, "path"):
        _thread.path = []
    path: list[str] = _thread.path
    return path


def _in_field(segment: Callable[[Any], str]) -> Callable[..., Any]:
    def evaluate(original: Any, self: Any, env: Environment) -> Any:
        with within(segment(self)):
            return original(self, env)

    return evaluate


def _elements(_original: Any, self: Any, env: Environment) -> None:
    """As moto's, with the index of each element."""
    values = []
    for index, value in enumerate(self.values):
        with within(f"[{index}]"):
            value.eval(env)
        values.append(env.stack.pop())
    env.stack.append(values)


def _number(children: Callable[[Any], list[Any]]) -> Callable[..., None]:
    """Tell each child its position, when the definition is parsed."""

    def parse(original: Any, self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        for position, child in enumerate(children(self)):
            vars(child)[POSITION] = position

    return parse
