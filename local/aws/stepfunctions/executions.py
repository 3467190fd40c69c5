"""Repairs of how moto starts, describes and lists the executions of its state machine interpreter."""

from __future__ import annotations

import json
import threading
import uuid
from datetime import UTC, datetime
from typing import Any

from moto.core.responses import ActionResult
from moto.stepfunctions import models as moto_models
from moto.stepfunctions.parser.asl.eval.program_state import ProgramEnded, ProgramError
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication, Execution
from moto.stepfunctions.parser.models import StepFunctionsParserBackend, stepfunctions_parser_backends
from moto.stepfunctions.responses import StepFunctionResponse

from local.aws.patching import replace_method
from local.aws.stepfunctions.limits import check_start

HISTORY_PAGE = 100

_starting = threading.Lock()


def install() -> None:
    """Idempotent: see `local.aws.repairs`."""
    # CloudFormation creates state machines in the backend that doesn't execute; StartExecution looks into the other.
    vars(moto_models)["stepfunctions_backends"] = stepfunctions_parser_backends
    replace_method(StepFunctionsParserBackend, "start_execution", _start_once)
    replace_method(Execution, "get_start_execution_details", _with_start_time_as_text)
    replace_method(BaseExecutionWorkerCommunication, "_reflect_execution_status", _result_before_status)
    replace_method(StepFunctionResponse, "describe_execution", _describe_with_json_output)
    replace_method(StepFunctionResponse, "list_executions", _list_with_stop_date)
    replace_method(StepFunctionResponse, "get_execution_history", _history_in_pages)


def stop_executions() -> list[Execution]:
    """Stop whatever runs in this process's accounts. Returns all executions, ended or about to end."""
    backends = [backend for account in stepfunctions_parser_backends.values() for backend in account.values()]
    machines = [machine for backend in backends for machine in backend.state_machines]
    executions: list[Any] = [execution for machine in machines for execution in machine.executions]
    for execution in executions:
        if execution.status == "RUNNING" and execution.exec_worker.env is not None:
            execution.stop(stop_date=datetime.now(UTC), error=None, cause="The account is closed.")
    return executions


def _start_once(
    original: Any,
    self: StepFunctionsParserBackend,
    state_machine_arn: str,
    name: str | None = None,
    execution_input: str | None = None,
    trace_header: str | None = None,
) -> Execution:
    """moto looks for an execution of that name and adds one without a lock, and takes no name for the name "None"."""
    check_start(self, state_machine_arn, name, execution_input)
    with _starting:
        name = name or str(uuid.uuid4())
        execution: Execution = original(self, state_machine_arn, name, execution_input, trace_header)
    return execution


def _with_start_time_as_text(original: Any, self: Execution) -> Any:
    """In the context object, StartTime is ISO 8601 text; moto puts a datetime there, which nothing can serialize."""
    details = original(self)
    details.start_time = self.start_date.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return details


def _result_before_status(original: Any, self: BaseExecutionWorkerCommunication) -> None:
    """moto sets the final status first, so that a poll can see SUCCEEDED without output, or FAILED without error."""
    execution: Any = self.execution
    final: Any = execution.exec_worker.env.program_state()
    if isinstance(final, ProgramEnded):
        execution.output = execution.exec_worker.env.states.get_input()
    elif isinstance(final, ProgramError):
        failure: Any = final.error
        execution.error, execution.cause = failure.get("error"), failure.get("cause")
    original(self)


def _describe_with_json_output(original: Any, self: StepFunctionResponse) -> ActionResult:
    """`output` is JSON text, also when it is a string; and TIMED_OUT has a stopDate."""
    described: dict[str, Any] = original(self).result
    execution = self.stepfunction_backend.describe_execution(described["executionArn"])
    if "output" in described:
        described["output"] = json.dumps(execution.output)
    if execution.stop_date:
        described["stopDate"] = execution.stop_date
    return ActionResult(described)


def _list_with_stop_date(original: Any, self: StepFunctionResponse) -> ActionResult:
    listed: dict[str, Any] = original(self).result
    for item in listed["executions"]:
        execution = self.stepfunction_backend.describe_execution(item["executionArn"])
        if execution.stop_date:
            item["stopDate"] = execution.stop_date
    return ActionResult(listed)


def _history_in_pages(_original: Any, self: StepFunctionResponse) -> ActionResult:
    """moto ignores maxResults, nextToken and reverseOrder."""
    history = self.stepfunction_backend.get_execution_history(self._get_param("executionArn"))
    events = list(history["events"])
    if self._get_param("reverseOrder"):
        events.reverse()
    start = int(self._get_param("nextToken") or 0)
    end = start + int(self._get_param("maxResults") or HISTORY_PAGE)
    return ActionResult({"events": events[start:end], "nextToken": str(end) if end < len(events) else None})
