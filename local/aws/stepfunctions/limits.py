"""What Step Functions refuses because it is too long, too large or too much; moto takes most of it.

https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html, and "Limits" in
https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from moto.stepfunctions.exceptions import InvalidName, ValidationException
from moto.stepfunctions.parser.asl.component.state import state
from moto.stepfunctions.parser.asl.component.state.exec.state_task import state_task, state_task_lambda
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.models import StepFunctionsParserBackend

from local.aws.patching import replace_method
from local.aws.stepfunctions.failures import DATA_LIMIT_EXCEEDED, RUNTIME, execution_failure

MAX_NAME = 80
# Of an execution's input, a task's arguments and result, a state's output, and the variables of one Assign.
MAX_BYTES = 262_144
MAX_VARIABLES_BYTES = 10 * 1024 * 1024
MAX_EVENTS = 25_000

# API_StartExecution, "name".
FORBIDDEN_IN_NAMES = re.compile(r"[\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\U0010ffff]")


def install() -> None:
    """Idempotent: see `local.aws.repairs`."""
    for module in (state, state_task_service, state_task_lambda):
        replace_method(module, "is_within_size_quota", lambda _original, value: size(value) <= MAX_BYTES)
    replace_method(state_task.StateTask, "_eval_parameters", _arguments_within_limit)
    replace_method(state.CommonStateField, "_eval_body", _history_within_limit)


def size(value: Any) -> int:
    """The bytes of a value as compact JSON in UTF-8."""
    return _bytes(json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=str))


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def check_start(
    backend: StepFunctionsParserBackend, state_machine_arn: str, name: str | None, execution_input: str | None
) -> None:
    """Raises what StartExecution answers: the model's constraints come before the state machine, that before the name.

    Raises:
        ValidationException, StateMachineDoesNotExist, InvalidName: as AWS, each with its sentence.
    """
    constraints = []
    if name is not None and len(name) > MAX_NAME:
        constraints.append(f"Value '{name}' at 'name' {_UNSATISFIED} have length less than or equal to {MAX_NAME}")
    if name == "":
        constraints.append(f"Value '' at 'name' {_UNSATISFIED} have length greater than or equal to 1")
    if execution_input is not None and _bytes(execution_input) > MAX_BYTES:
        constraints.append(
            f"Value at 'input' {_UNSATISFIED} have size less than or equal to {MAX_BYTES} bytes in UTF-8 encoding"
        )
    if constraints:
        errors = "error" if len(constraints) == 1 else "errors"
        raise ValidationException(f"{len(constraints)} validation {errors} detected: {'; '.join(constraints)}")
    backend.describe_state_machine(state_machine_arn)
    if name is not None and FORBIDDEN_IN_NAMES.search(name):
        raise InvalidName(f"Invalid Name: '{name}'")


_UNSATISFIED = "failed to satisfy constraint: Member must"


def check_assignments(env: Environment, assigned: Mapping[str, Any], variables: Mapping[str, Any]) -> None:
    """Raises States.DataLimitExceeded when an Assign, or all variables after it, are too large.

    How AWS calls this error, and its sentence, are published nowhere.
    """
    total = sum(size(value) for value in {**variables, **assigned}.values())
    if size(dict(assigned)) > MAX_BYTES or total > MAX_VARIABLES_BYTES:
        cause = (
            f"The variables assigned by the state/task '{env.next_state_name}' have a size exceeding the maximum "
            "number of bytes service limit."
        )
        raise execution_failure(env, DATA_LIMIT_EXCEEDED, cause)


def _arguments_within_limit(original: Any, self: state_task.StateTask, env: Environment) -> Any:
    arguments = original(self, env)
    self._verify_size_quota(env=env, value=arguments)
    return arguments


def _history_within_limit(original: Any, self: state.CommonStateField, env: Environment) -> None:
    """The event that ends the execution is the last one that fits."""
    if len(env.event_manager._history_event_list) >= MAX_EVENTS - 1:  # noqa: SLF001
        cause = f"The execution reached the maximum number of history events ({MAX_EVENTS})."
        raise execution_failure(env, RUNTIME, cause)
    original(self, env)
