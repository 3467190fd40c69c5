"""The real definition, statemachine/fence.asl.json, a state at a time.

Only what the definition uses is understood; anything else fails loudly. Time doesn't pass here: a Wait and the pause
before a retry take none, for in between anything may happen anyway. Nothing is kept but the `Position`, so a retry, a
redrive or a repeat is a position that is used again.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from local.aws.stepfunctions.jsonata import evaluate
from verification.model.replay_log import canonical

PATH = Path(__file__).parents[2] / "statemachine" / "fence.asl.json"
_INVOKE = "arn:aws:states:::lambda:invoke"
Found = TypeVar("Found")


class Position(NamedTuple):
    """Where an execution stands: the state, its variables (canonical JSON), and the uses of each of its retriers."""

    state: str
    variables: str
    retries: tuple[int, ...] = ()


class Task(NamedTuple):
    """What a Task state asks for: a function's logical id with its event, or another service's with its arguments."""

    resource: str
    function: str
    event: str


class End(NamedTuple):
    """How an execution ended: the terminal state, whether it succeeded, and the outcome's code and sentence."""

    state: str
    succeeded: bool
    code: str
    sentence: str


class Definition:
    """Interprets the definition. JSONata is slow, so every answer is remembered."""

    def __init__(self, path: Path = PATH) -> None:
        document = json.loads(path.read_text())
        if document["QueryLanguage"] != "JSONata":
            raise ValueError("only JSONata definitions are understood")
        self.states: dict[str, dict[str, Any]] = document["States"]
        self._start: str = document["StartAt"]
        self._known: dict[tuple[object, ...], Any] = {}

    def start(self, execution: str, execution_input: Any) -> Position:
        """Begin an execution; the first state is the only one that may look at its input."""
        state = self.states[self._start]
        variables = self._assign(state, "{}", execution, input=execution_input)
        return self._onward(Position(state["Next"], variables), execution)

    def task(self, position: Position, execution: str) -> Task:
        """Say what the position's state, a Task, asks for."""
        return self._remember(("task", execution, position.state, position.variables), self._task, position, execution)

    def end(self, position: Position, execution: str) -> End | None:
        """Say how the execution ended; None while it hasn't."""
        return self._remember(("end", execution, position.state, position.variables), self._end, position, execution)

    def after_result(self, position: Position, execution: str, result: str) -> Position:
        """Go on with a task's result (canonical JSON)."""
        key = ("result", execution, position.state, position.variables, result)
        return self._remember(key, self._after_result, position, execution, result)

    def after_error(
        self, position: Position, execution: str, error: str, message: str, *, for_ever: bool = False
    ) -> Position:
        """Go on after a task's error: to the same task while a retrier allows, else to where it is caught.

        `for_ever` stands for an error that stays until the retriers give up.
        """
        state = self.states[position.state]
        retriers = state.get("Retry", [])
        uses = position.retries or (0,) * len(retriers)
        chosen = next((i for i, retrier in enumerate(retriers) if _matches(retrier, error)), None)
        if chosen is not None and uses[chosen] < retriers[chosen]["MaxAttempts"] and not for_ever:
            return position._replace(retries=tuple(n + (i == chosen) for i, n in enumerate(uses)))
        key = ("caught", execution, position.state, position.variables, error, message)
        return self._remember(key, self._caught, position, execution, error, message)

    def _task(self, position: Position, execution: str) -> Task:
        state = self.states[position.state]
        if state["Type"] != "Task":
            raise ValueError(f"'{position.state}' is no Task")
        arguments = self._evaluated(state["Arguments"], position.variables, execution)
        if state["Resource"] != _INVOKE:
            return Task(state["Resource"], "", canonical(arguments))
        function = arguments["FunctionName"].removeprefix("${").removesuffix("Arn}")
        return Task(_INVOKE, function, canonical(arguments["Payload"]))

    def _end(self, position: Position, execution: str) -> End | None:
        state = self.states[position.state]
        outcome = json.loads(position.variables)["outcome"]
        if state["Type"] == "Succeed":
            output = self._evaluated(state["Output"], position.variables, execution)
            return End(position.state, True, output["code"], output["sentence"])
        if state["Type"] == "Fail":
            cause = self._evaluated(state["Cause"], position.variables, execution)
            return End(position.state, False, state["Error"] if outcome is None else outcome["code"], cause)
        return None

    def _after_result(self, position: Position, execution: str, result: str) -> Position:
        state = self.states[position.state]
        variables = self._assign(state, position.variables, execution, result=json.loads(result))
        return self._onward(Position(state["Next"], variables), execution)

    def _caught(self, position: Position, execution: str, error: str, message: str) -> Position:
        for catcher in self.states[position.state].get("Catch", []):
            if _matches(catcher, error):
                cause = canonical({"errorType": error, "errorMessage": message})
                caught = {"Error": error, "Cause": cause}
                variables = self._assign(catcher, position.variables, execution, errorOutput=caught)
                return self._onward(Position(catcher["Next"], variables), execution)
        raise ValueError(f"nothing catches {error} in '{position.state}': the execution would end without an outcome")

    def _onward(self, position: Position, execution: str) -> Position:
        """Go on to the next Task or end: what lies between concerns nobody else."""
        state = self.states[position.state]
        match state["Type"]:
            case "Pass" | "Wait":
                return self._onward(
                    Position(state["Next"], self._assign(state, position.variables, execution)), execution
                )
            case "Choice":
                chosen = next(
                    (
                        rule["Next"]
                        for rule in state["Choices"]
                        if self._evaluated(rule["Condition"], position.variables, execution) is True
                    ),
                    state.get("Default"),
                )
                if chosen is None:
                    raise ValueError(f"no rule of '{position.state}' fits: the execution would end without an outcome")
                return self._onward(Position(chosen, position.variables), execution)
            case "Task" | "Succeed" | "Fail":
                return position
        raise ValueError(f"states of type {state['Type']} are not understood")

    def _assign(self, holder: dict[str, Any], variables: str, execution: str, **states: Any) -> str:
        if "Assign" not in holder:
            return variables
        return canonical(json.loads(variables) | self._evaluated(holder["Assign"], variables, execution, **states))

    def _evaluated(self, template: Any, variables: str, execution: str, **states: Any) -> Any:
        if isinstance(template, dict):
            return {key: self._evaluated(value, variables, execution, **states) for key, value in template.items()}
        if isinstance(template, list):
            return [self._evaluated(value, variables, execution, **states) for value in template]
        if not isinstance(template, str) or not template.startswith("{%"):
            return template
        context = {
            "Execution": {"Name": execution, "Id": f"arn:aws:states:us-west-2:123456789012:execution:{execution}"}
        }
        return evaluate(template[2:-2], json.loads(variables) | {"states": states | {"context": context}})

    def _remember(self, key: tuple[object, ...], find: Callable[..., Found], *arguments: object) -> Found:
        if key not in self._known:
            self._known[key] = find(*arguments)
        found: Found = self._known[key]
        return found


def _matches(rule: dict[str, Any], error: str) -> bool:
    return error in rule["ErrorEquals"] or "States.ALL" in rule["ErrorEquals"]
