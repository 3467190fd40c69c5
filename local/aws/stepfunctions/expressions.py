"""Gives moto's state machine interpreter a JSONata evaluator: moto ships without one.

moto 5.2.5 took its interpreter from LocalStack but left the evaluator (a JVM) out, so every JSONata expression and
every variable fails with "'NoneType' object is not callable". It would also paste variables into the source of an
expression without escaping quotes; here they are bound as values.
"""

import json
import re
from typing import Any

from moto.stepfunctions.parser.asl.component.common.assign.assign_decl import AssignDecl
from moto.stepfunctions.parser.asl.component.common.string.string_expression import StringJSONata
from moto.stepfunctions.parser.asl.component.state.state import CommonStateField
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.jsonata import jsonata as moto_jsonata
from moto.stepfunctions.parser.asl.jsonata.jsonata import extract_jsonata_variable_references
from moto.stepfunctions.parser.asl.parse import preprocessor
from moto.stepfunctions.parser.asl.parse.preprocessor import Preprocessor

from local.aws.patching import replace_method
from local.aws.stepfunctions.failures import evaluation_failure
from local.aws.stepfunctions.jsonata import QueryEvaluationError, check_type, evaluate
from local.aws.stepfunctions.limits import check_assignments
from local.aws.stepfunctions.locations import location, within

STAGED = "staged_assignments"

# What the value of an expression in these fields must be; everywhere else it is any JSON.
WANTED_TYPES = {
    "Condition": "boolean",
    "Error": "string",
    "Cause": "string",
    "Seconds": "number",
    "TimeoutSeconds": "number",
}


def install() -> None:
    """Idempotent: see `local.aws.repairs`."""
    # JSONPath definitions still go through moto's own hook; their variables are pasted as JSON.
    moto_jsonata._eval_jsonata = lambda expression: evaluate(expression, {})  # noqa: SLF001
    replace_method(Preprocessor, "_inner_string_of", _text_of)
    vars(preprocessor)["from_string_literal"] = lambda parser_rule_context: _decoded(parser_rule_context.getText())
    replace_method(StringJSONata, "_eval_body", _evaluate_expression)
    replace_method(AssignDecl, "_eval_body", _stage_assignments)
    replace_method(CommonStateField, "_get_state_exited_event_details", _commit_assignments)


def _text_of(original: Any, parser_rule_context: Any) -> str | None:
    """moto leaves the escapes of JSON in names and in assigned text: a quote comes with its backslash."""
    text: str | None = original(parser_rule_context)
    return None if text is None else _decoded(parser_rule_context.getText())


def _decoded(literal: str) -> str:
    return str(json.loads(literal)) if literal.startswith('"') else literal


def _evaluate_expression(_original: Any, self: StringJSONata, env: Environment) -> None:
    extract_jsonata_variable_references(self.expression)  # refuses what Step Functions refuses: bare $ and $$
    place = location() or str(env.next_field_name)
    try:
        value = evaluate(self.expression, {"states": _states(env, place), **_variables(env)})
        check_type(value, WANTED_TYPES.get(re.sub(r"^Choices\[\d+\]/", "", place)))
    except QueryEvaluationError as error:
        cause = f"The JSONata expression '{self.expression}' specified for the field '{place}' {error}"
        raise evaluation_failure(env, cause, place) from error
    env.stack.append(value)


def _states(env: Environment, place: str) -> dict[str, Any]:
    """`$states`: a result is known to Output and Assign, an error to Catch; moto keeps both, and mixes them up.

    https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html, "Reserved variable: $states".
    """
    data = env.states._states_data  # noqa: SLF001
    states = {"input": data["input"], "context": data["context"]}
    if place.startswith("Catch["):
        states["errorOutput"] = data["errorOutput"]
    elif place.startswith(("Output", "Assign")) and data.get("result") is not None:
        states["result"] = data["result"]
    return states


def _variables(env: Environment) -> dict[str, Any]:
    store = env.variable_store
    return {**store._outer_scope, **store._inner_scope}  # noqa: SLF001


# Step Functions evaluates Assign and Output side by side, both with the variables as they were when the state was
# entered; new values exist from the next state on. moto sets them at once, so a definition whose Output reads a
# variable of the same state's Assign would work here and fail in AWS. So they are kept aside until the state exits.


def _stage_assignments(_original: Any, self: AssignDecl, env: Environment) -> None:
    staged: dict[str, Any] = {}
    with within("Assign"):
        for binding in self.declaration_bindings:
            binding.eval(env=env)
            staged |= env.stack.pop()
    check_assignments(env, staged, _variables(env))
    vars(env.variable_store)[STAGED] = staged


def _commit_assignments(original: Any, self: CommonStateField, env: Environment) -> Any:
    staged: dict[str, Any] = vars(env.variable_store).pop(STAGED, {})
    for identifier, value in staged.items():
        env.variable_store.set(variable_identifier=identifier, variable_value=value)
    return original(self, env=env)
