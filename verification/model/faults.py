"""Every fault of every outside call, driven through the real definition and handlers, one execution at a time.

A fault is what is left when botocore's own second attempt has failed as well. Time is reckoned, not spent: a call takes
`_USUAL_SECONDS`, a slow one nearly as long as its client waits, and an invocation that lasts longer than the function
may is ended by Lambda.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from verification.model.definition import Definition, End, Position, Task
from verification.model.execution import Execution
from verification.model.invariants import broken_by_us, broken_in_outcome, finished
from verification.model.lambdas import Lambdas, Raised, Returned, environment_for
from verification.model.outside import Outside, alert_of, dns_name
from verification.model.replay_log import ErrorResponse, OutsideCall, Response, canonical
from verification.model.world import SITES, Budget, Layout, WorldState, first_moment

FUNCTION_SECONDS, EXECUTION_SECONDS = 35.0, 900.0
_USUAL_SECONDS, _SLOW_AWS_SECONDS, _SLOW_HTTP_SECONDS = 0.05, 3.9, 5.9
FOR_EVER = 1_000_000
TIMES = {"once": 1, "three times": 3, "for ever": FOR_EVER}


_INVOCATION = "the invocation itself"


class Fault(NamedTuple):
    """What a call does instead of its normal way. With `works`, the effect takes place all the same."""

    name: str
    failure: ErrorResponse | None
    works: bool = False
    seconds: float = _USUAL_SECONDS


class Call(NamedTuple):
    """A kind of outside call: the definition's state in which it is made, and its name."""

    state: str
    name: str


@dataclass
class Plan:
    """Which call fails, how, and how often in a row."""

    call: Call
    fault: Fault
    times: int
    made: Counter[Call] = field(default_factory=Counter)

    def next(self, call: Call) -> Fault | None:
        """Return the fault of this call, if it has one."""
        self.made[call] += 1
        return self.fault if call == self.call and self.made[call] <= self.times else None


@dataclass
class Run:
    """How one execution went. `seconds` is the most it can have taken; `broken` what was violated on the way."""

    end: End | None
    world: WorldState
    retries: int
    seconds: float
    broken: str
    calls: list[tuple[Call, OutsideCall | Task]]


class Driver:
    """Runs one execution after the other; to be used inside `lambdas.installed()`."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self._outside = Outside(self.layout)
        self.lambdas = Lambdas(environment_for([dns_name(arn) for arn in self.layout.accelerators], SITES))
        self._definition = Definition()

    def run(self, world: WorldState, plan: Plan | None, reporter: str = SITES.first) -> Run:
        """Run one execution, with one thing that fails."""
        name = f"{reporter}-reports"
        position = self._definition.start(name, {"alert": alert_of(self.layout, reporter)})
        run = Run(None, world, 0, 0.0, "", [])
        did: set[str] = set()
        while run.end is None and run.seconds <= EXECUTION_SECONDS:
            task = self._definition.task(position, name)
            came = self._invoke(position, task, run, plan, did) if task.function else _serve(position, task, run, plan)
            if isinstance(came, Returned):
                position = self._definition.after_result(position, name, came.payload)
            else:
                before = position
                position = self._definition.after_error(position, name, came.error, came.message)
                if position.retries:
                    run.retries += 1
                    run.seconds += _longest_delay(self._definition, before, position)
            run.end = self._definition.end(position, name)
        if run.end and not run.broken:
            ended = Execution(name, reporter, position, did=tuple(sorted(did)))
            run.broken = broken_in_outcome(ended, run.end, run.world, self.layout)
        return run

    def _invoke(self, position: Position, task: Task, run: Run, plan: Plan | None, did: set[str]) -> Returned | Raised:
        """Run one invocation of a function."""
        answers: tuple[Response | ErrorResponse, ...] = ()
        seconds = _USUAL_SECONDS
        invocation = Call(position.state, _INVOCATION)
        run.calls.append((invocation, task))
        died = plan.next(invocation) if plan else None
        if died and died.failure and not died.works:
            return Raised(died.failure.code, died.name)
        while True:
            came = self.lambdas.run(task.function, task.event, answers)
            if not isinstance(came, OutsideCall):
                run.seconds += seconds
                if died and died.failure:
                    return Raised(died.failure.code, died.name)
                return (
                    Returned(canonical({"Payload": json.loads(came.payload)})) if isinstance(came, Returned) else came
                )
            call = Call(position.state, called(came))
            run.calls.append((call, came))
            fault = plan.next(call) if plan else None
            seconds += fault.seconds if fault else _USUAL_SECONDS
            option = self._outside.options(run.world, came)[0]
            if fault is None or fault.works:
                run.broken = run.broken or broken_by_us(run.world, option.world, self.layout)
                run.world = option.world
                did |= {option.did} - {""}
            if seconds > FUNCTION_SECONDS:
                run.seconds += FUNCTION_SECONDS
                return Raised("Sandbox.Timedout", f"Task timed out after {FUNCTION_SECONDS:.2f} seconds")
            answers = (*answers, fault.failure if fault and fault.failure else option.answer)


def _serve(position: Position, task: Task, run: Run, plan: Plan | None) -> Returned | Raised:
    """Let Step Functions call a service itself."""
    call = Call(position.state, task.resource.removeprefix("arn:aws:states:::"))
    run.calls.append((call, task))
    fault = plan.next(call) if plan else None
    if fault is None or fault.failure is None:
        return Returned("{}")
    return Raised(fault.failure.code, f"The service said {fault.failure.code}.")


def _longest_delay(definition: Definition, before: Position, after: Position) -> float:
    retriers = definition.states[after.state]["Retry"]
    uses = before.retries or (0,) * len(retriers)
    (used,) = (i for i, (was, now) in enumerate(zip(uses, after.retries, strict=True)) if now > was)
    retrier = retriers[used]
    return float(min(retrier["IntervalSeconds"] * retrier["BackoffRate"] ** uses[used], retrier["MaxDelaySeconds"]))


def called(request: OutsideCall) -> str:
    """Name the kind of call, without what varies."""
    if request.service != "infinispan":
        return request.name
    url = json.loads(request.arguments)
    return f"Infinispan {request.operation} {'x-site backup' if '/x-site/' in url else 'container'}"


_CODES = {  # how each service says that it failed, that it is asked too often, and that it may not
    "globalaccelerator": ("InternalServiceErrorException", "ThrottlingException", "AccessDeniedException"),
    "elbv2": ("ServiceUnavailable", "Throttling", "AccessDenied"),
    "secretsmanager": ("InternalServiceError", "ThrottlingException", "AccessDeniedException"),
    "dynamodb": ("InternalServerError", "ProvisionedThroughputExceededException", "AccessDeniedException"),
}


def faults_of(asked: OutsideCall | Task) -> Iterator[Fault]:
    """Yield everything that this call may do instead of its normal way."""
    if isinstance(asked, Task):
        yield from _faults_of_invocation() if asked.function else _faults_of_service(asked.resource)
        return
    infinispan = asked.service == "infinispan"
    waited = _SLOW_HTTP_SECONDS if infinispan else 2 * _SLOW_AWS_SECONDS
    writes = asked.operation in ("POST", "put_item", "update_item", "remove_endpoints")
    yield Fault("time-out", ErrorResponse("time-out"), seconds=waited)
    if writes:
        yield Fault("time-out, but it worked", ErrorResponse("time-out"), works=True, seconds=waited)
    yield Fault("connection reset", ErrorResponse("connection reset"))
    if infinispan:
        for name, status in (("5xx", 503), ("throttling", 429), ("AccessDenied", 403)):
            yield Fault(name, ErrorResponse("error answer", "", status))
    else:
        failed, throttled, denied = _CODES[asked.service]
        yield Fault("5xx", ErrorResponse("error answer", failed, 500))
        yield Fault("throttling", ErrorResponse("error answer", throttled, 400))
        yield Fault("AccessDenied", ErrorResponse("error answer", denied, 400))
    if asked.operation == "remove_endpoints":
        yield Fault("busy", ErrorResponse("error answer", "TransactionInProgressException", 400))
    yield Fault("malformed answer", ErrorResponse("malformed answer"), works=True)
    yield Fault("slow", None, works=True, seconds=_SLOW_HTTP_SECONDS if infinispan else _SLOW_AWS_SECONDS)


def _faults_of_invocation() -> Iterator[Fault]:
    yield Fault("throttling", ErrorResponse("service", "Lambda.TooManyRequestsException"))
    yield Fault("5xx", ErrorResponse("service", "Lambda.ServiceException"))
    yield Fault("crash before its work", ErrorResponse("service", "Runtime.ExitError"))
    yield Fault("crash after its work", ErrorResponse("service", "Lambda.Unknown"), works=True)
    yield Fault("AccessDenied", ErrorResponse("service", "Lambda.AWSLambdaException"))


def _faults_of_service(resource: str) -> Iterator[Fault]:
    service = {"sns": "SNS", "events": "EventBridge"}[resource.removeprefix("arn:aws:states:::").split(":")[0]]
    yield Fault("time-out", ErrorResponse("service", "States.Timeout"))
    yield Fault("5xx", ErrorResponse("service", f"{service}.InternalErrorException"))
    yield Fault("throttling", ErrorResponse("service", f"{service}.ThrottlingException"))
    yield Fault("AccessDenied", ErrorResponse("service", f"{service}.AuthorizationErrorException"))


class Cell(NamedTuple):
    """What one fault led to: the first execution's end, then that of the next alert; `wrong` is what must not be."""

    call: Call
    fault: str
    times: str
    text: str
    then: str
    wrong: str


def cells(driver: Driver, *, slow: bool) -> Iterator[Cell]:
    """Let every call of a normal execution fail in every way, once, three times and for ever; or only be `slow`."""
    fresh = first_moment(driver.layout, Budget())
    kinds: dict[Call, OutsideCall | Task] = {}
    for call, asked in driver.run(fresh, None).calls:
        kinds.setdefault(call, asked)
    for call, asked in kinds.items():
        if call.name == "clock now":
            continue
        for fault in faults_of(asked):
            if (fault.failure is None) is not slow:
                continue
            for times, count in TIMES.items():
                run = driver.run(fresh, Plan(call, fault, count))
                repeat = driver.run(run.world, None)
                then = repeat.end.code if repeat.end else "no outcome"
                yield Cell(call, fault.name, times, _text(run), then, _wrong(driver, run, repeat))


def _text(run: Run) -> str:
    if run.end is None:
        return "no outcome: the execution timed out"
    code = run.end.code if run.end.state != "Nobody was told" else f"{run.end.code}, but nobody was told"
    return f"{code}, {run.retries} {'retry' if run.retries == 1 else 'retries'}" if run.retries else code


def _wrong(driver: Driver, run: Run, repeat: Run) -> str:
    if run.end is None:
        return "the execution ended without an outcome"
    if run.broken or repeat.broken:
        return run.broken or repeat.broken
    missing = finished(repeat.world, driver.layout)
    return f"after the next alert, {missing}" if missing else ""
