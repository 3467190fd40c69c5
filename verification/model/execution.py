"""One execution of the state machine: the way of one alert, as far as it has come."""

import json
from typing import NamedTuple

from verification.model.definition import Definition, End, Position
from verification.model.lambdas import Lambdas, Returned
from verification.model.outside import Outside, alert_of
from verification.model.replay_log import ErrorResponse, OutsideCall, Response, canonical
from verification.model.world import SITES


class Execution(NamedTuple):
    """A report on its way. `answers` are those of the invocation under way; `heard` of them may differ from run to run.

    Known to the observer only: which effects this execution (`did`) and its present invocation (`does`) had. A `zombie`
    is an invocation that Step Functions has given up: it runs to its end, but nobody hears its result.
    """

    name: str
    reporter: str
    position: Position
    answers: tuple[Response | ErrorResponse, ...] = ()
    heard: int = 0
    did: tuple[str, ...] = ()
    does: tuple[str, ...] = ()
    zombie: bool = False

    @property
    def site(self) -> str:
        """The site that is said to be gone."""
        return SITES.other(self.reporter)


class PausedExecution(NamedTuple):
    """An execution, paused where it can't go on by itself: it waits for an answer (`asks`), or it has ended."""

    execution: Execution
    asks: OutsideCall | None
    end: End | None


class Scheduler:
    """Schedules executions: the real definition decides what runs, the real handlers run."""

    def __init__(self, definition: Definition, lambdas: Lambdas, outside: Outside) -> None:
        self.definition = definition
        self._lambdas = lambdas
        self._outside = outside
        self._known: dict[Execution, PausedExecution] = {}

    def begin(self, name: str, reporter: str) -> PausedExecution:
        """Start an execution for an alert."""
        alert = alert_of(self._outside.layout, reporter)
        return self.onward(Execution(name, reporter, self.definition.start(name, {"alert": alert})))

    def onward(self, execution: Execution) -> PausedExecution:
        """Go on until an answer is needed that can differ from run to run, or the end. Known ways aren't gone twice."""
        if execution not in self._known:
            self._known[execution] = self._onward(execution)
        return self._known[execution]

    def _onward(self, execution: Execution) -> PausedExecution:
        while True:
            if end := self.definition.end(execution.position, execution.name):
                return PausedExecution(execution, None, end)
            task = self.definition.task(execution.position, execution.name)
            if not task.function:
                told = self.definition.after_result(execution.position, execution.name, "{}")
                execution = execution._replace(position=told)
                continue
            came = self._lambdas.run(task.function, task.event, execution.answers)
            if isinstance(came, OutsideCall):
                constant = self._outside.constant(came)
                if constant is None:
                    return PausedExecution(execution, came, None)
                execution = execution._replace(answers=(*execution.answers, constant))
                continue
            if execution.zombie:
                return PausedExecution(execution, None, End("", True, "", "nobody hears the result of this invocation"))
            if isinstance(came, Returned):
                payload = canonical({"Payload": json.loads(came.payload)})
                position = self.definition.after_result(execution.position, execution.name, payload)
            else:
                position = self.definition.after_error(execution.position, execution.name, came.error, came.message)
            goes_on = self.definition.end(position, execution.name) is None
            execution = execution._replace(position=position, answers=(), heard=0)
            execution = execution._replace(does=()) if goes_on else execution

    def answered(self, execution: Execution, answer: Response | ErrorResponse, did: str) -> PausedExecution:
        """Go on with an answer."""
        return self.onward(
            execution._replace(
                answers=(*execution.answers, answer),
                heard=execution.heard + 1,
                did=_with(execution.did, did),
                does=_with(execution.does, did),
            )
        )

    def crashed(self, execution: Execution, did: str, *, for_ever: bool = False) -> PausedExecution:
        """Go on after the death of the Lambda, and of each that is tried instead if it is `for_ever`."""
        position = self.definition.after_error(
            execution.position, execution.name, "Lambda.Unknown", "The Lambda died.", for_ever=for_ever
        )
        return self.onward(
            execution._replace(position=position, answers=(), heard=0, did=_with(execution.did, did), does=())
        )

    def redriven(self, execution: Execution) -> PausedExecution:
        """Go on from the state that was under way, with its variables, and fresh retriers."""
        position = execution.position._replace(retries=())
        return self.onward(execution._replace(position=position, answers=(), heard=0, does=()))


def _with(did: tuple[str, ...], effect: str) -> tuple[str, ...]:
    return tuple(sorted({*did, effect})) if effect else did
