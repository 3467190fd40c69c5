"""How a state of moto's interpreter fails: what may be caught, what an error carries, and what the history says.

The sentences are those that Step Functions gives, as far as recorded answers of it are public (LocalStack's tests hold
some hundred, `tests/aws/services/stepfunctions/**/*.snapshot.json`).
"""

from __future__ import annotations

import json
from typing import Any

from moto.stepfunctions.parser.api import HistoryEventType
from moto.stepfunctions.parser.asl.component.common.error_name.error_equals_decl import ErrorEqualsDecl
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import FailureEvent, FailureEventException
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import StatesErrorNameType
from moto.stepfunctions.parser.asl.component.state.choice.state_choice import StateChoice
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.event.event_manager import EventManager

from local.aws.patching import replace_method

# The lengths that botocore's model gives to SensitiveError and SensitiveCause, in characters.
MAX_ERROR, MAX_CAUSE = 256, 32_768

RUNTIME = StatesErrorName(typ=StatesErrorNameType.StatesRuntime)
DATA_LIMIT_EXCEEDED = StatesErrorName(typ=StatesErrorNameType.StatesStatesDataLimitExceeded)
QUERY_EVALUATION_ERROR = StatesErrorName(typ=StatesErrorNameType.StatesQueryEvaluationError)
NO_CHOICE_MATCHED = StatesErrorName(typ=StatesErrorNameType.StatesNoChoiceMatched)


def install() -> None:
    """Idempotent: see `local.aws.repairs`."""
    replace_method(ErrorEqualsDecl, "_eval_body", _matches)
    replace_method(FailureEvent, "__init__", _cut)
    replace_method(FailureEventException, "get_execution_failed_event_details", _said_once)
    replace_method(EventManager, "add_event", _recorded_once)
    replace_method(StateChoice, "_eval_state", _no_choice_matched)


class ExecutionFailure(FailureEventException):
    """Ends the execution with its cause as it is: moto would add the state to it."""

    def get_execution_failed_event_details(self) -> Any:
        error, cause = self.extract_error_cause_pair() or (None, None)
        return {"error": error, "cause": cause}


def execution_failure(env: Environment, name: StatesErrorName, cause: str) -> FailureEventException:
    """The failure of a state that leaves no other trace in the history than the execution's end."""
    details: Any = {"executionFailedEventDetails": {"error": name.error_name, "cause": cause}}
    event = HistoryEventType.ExecutionFailed
    return ExecutionFailure(FailureEvent(env=env, error_name=name, event_type=event, event_details=details))


def evaluation_failure(env: Environment, cause: str, location: str) -> FailureEventException:
    """The failure of an expression, which is in the history already. `cause` says what is wrong with it.

    `$states.errorOutput` of a Catch has the whole sentence too.
    """
    name, entered = env.next_state_name or "", _entered(env)
    sentence = f"An error occurred while executing the state '{name}' (entered at the event id #{entered}). {cause}"
    error = QUERY_EVALUATION_ERROR.error_name
    details: Any = {
        "evaluationFailedEventDetails": {"cause": sentence, "error": error, "location": location, "state": name}
    }
    event = HistoryEventType.EvaluationFailed
    failure = FailureEvent(env=env, error_name=QUERY_EVALUATION_ERROR, event_type=event, event_details=details)
    env.event_manager.add_event(context=env.event_history_context, event_type=event, event_details=details)
    return FailureEventException(failure)


def _entered(env: Environment) -> int:
    events: list[Any] = env.event_manager._history_event_list  # noqa: SLF001
    return next((event["id"] for event in reversed(events) if event["type"].endswith("StateEntered")), 0)


def _matches(original: Any, self: ErrorEqualsDecl, env: Environment) -> None:
    """Nothing catches or retries States.Runtime, and States.ALL doesn't stand for States.DataLimitExceeded.

    https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html, "Error names". In recorded
    executions a Catch that names States.Runtime doesn't catch it either; one of 2024 has States.ALL catch a
    States.DataLimitExceeded of a Lambda function's result, against the documentation, which is followed here.
    """
    error = env.stack[-1]
    if error == RUNTIME or (error == DATA_LIMIT_EXCEEDED and DATA_LIMIT_EXCEEDED not in self.error_names):
        env.stack[-1] = False
        return
    original(self, env)


def _cut(original: Any, self: FailureEvent, *args: Any, **kwargs: Any) -> None:
    """An error and its cause are texts of limited length; moto leaves them as they come, also as objects.

    And it takes the last event for the one with which the state was entered.
    """
    original(self, *args, **kwargs)
    vars(self)["source_event_id"] = _entered(kwargs["env"])
    for details in (self.event_details or {}).values():
        if not isinstance(details, dict):
            continue
        for key, limit in (("error", MAX_ERROR), ("cause", MAX_CAUSE)):
            if details.get(key) is not None:
                details[key] = _text(details[key])[:limit]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _said_once(original: Any, self: FailureEventException) -> Any:
    """moto adds the state to the cause here; that of an expression has it already."""
    event: Any = self.failure_event.event_details or {}
    details = event.get("evaluationFailedEventDetails")
    if details is None:
        return original(self)
    return {"error": details["error"], "cause": details["cause"]}


def _recorded_once(original: Any, self: EventManager, *args: Any, **kwargs: Any) -> int:
    """moto records the failed expression of a task a second time, as the task's failure."""
    details = (kwargs.get("event_details") or {}).get("evaluationFailedEventDetails")
    events: list[Any] = self._history_event_list
    if details is not None and events and events[-1].get("evaluationFailedEventDetails") is details:
        return int(events[-1]["id"])
    event_id: int = original(self, *args, **kwargs)
    return event_id


def _no_choice_matched(original: Any, self: StateChoice, env: Environment) -> None:
    """moto fails with States.Runtime and an unformatted message."""
    try:
        original(self, env)
    except RuntimeError as error:
        if self.default_state is not None:
            raise
        cause = f"No choice of the state '{self.name}' matched, and it has no Default."
        raise execution_failure(env, NO_CHOICE_MATCHED, cause) from error
