"""All that may happen in a scenario, state by state.

Worlds and executions are numbered, and a state is a tuple of numbers: the world's, then each execution's, then those
of the zombies in ascending order. The transitions of an execution depend on the world and on itself only, so they are
worked out once for each such pair: handlers run some thousand times for millions of transitions.
"""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from verification.model.definition import Definition, End
from verification.model.execution import PausedExecution, Scheduler
from verification.model.invariants import broken_by_us, unannounced
from verification.model.lambdas import Lambdas, environment_for
from verification.model.outside import Outside, dns_name
from verification.model.recovery import Recovery
from verification.model.replay_log import OutsideCall
from verification.model.scenarios import ModelScenario
from verification.model.surroundings import by_itself, later, operator
from verification.model.transitions import Transitions
from verification.model.world import HOLD_DOWN_SECONDS, SITES, Budget, WorldState, first_moment, tidy

Thing = TypeVar("Thing", bound=Hashable)
State = tuple[int, ...]
# A next state; the place in the state of the execution that moved, 0 for the world; what was special; what is broken.
Next = tuple[State, int, str, str]


class Interner(Generic[Thing]):
    """Gives things numbers, equal ones the same."""

    def __init__(self) -> None:
        self._number_of: dict[Thing, int] = {}
        self._things: list[Thing] = []

    def __len__(self) -> int:
        return len(self._things)

    def __getitem__(self, number: int) -> Thing:
        return self._things[number]

    def of(self, thing: Thing) -> int:
        """Return the thing's number."""
        number = self._number_of.setdefault(thing, len(self._things))
        if number == len(self._things):
            self._things.append(thing)
        return number


class Step(NamedTuple):
    """One step to a violation: who asked what in which state (all empty when the world moved), and what came of it."""

    who: str
    state: str
    request: OutsideCall | None
    note: str
    world: WorldState
    end: End | None


class NumberedTransition(NamedTuple):
    """A `Transition`, by numbers. `zombie` is -1 when there is none; `note` tells what happened."""

    world: int
    execution: int
    zombie: int
    note: str
    broken: str


@dataclass
class Violation:
    """What is broken, and the way there."""

    broken: str
    steps: list[Step]


class Explorer:
    """Explores one scenario; to be used inside `lambdas.installed()`."""

    def __init__(self, scenario: ModelScenario) -> None:
        self.scenario = scenario
        self.outside = Outside(scenario.layout, scenario.skews)
        accelerators = [dns_name(arn) for arn in scenario.layout.accelerators]
        self.lambdas = Lambdas(environment_for(accelerators, SITES))
        self.scheduler = Scheduler(Definition(), self.lambdas, self.outside)
        self._transitions_of = Transitions(self.scheduler, self.outside)
        self.worlds: Interner[WorldState] = Interner()
        self.paused_executions: Interner[PausedExecution] = Interner()
        self._transitions: dict[tuple[int, int], tuple[NumberedTransition, ...]] = {}
        self._environment: dict[int, tuple[tuple[int, str, str], ...]] = {}
        self._may_pause: set[int] = set()
        self._recovery = Recovery(self.scheduler, self._transitions_of, scenario.layout)

    def first_state(self) -> State:
        """No report has looked at anything yet; old executions stand where they were stopped."""
        world = first_moment(self.scenario.layout, self.scenario.budget, out=self.scenario.out)
        old: list[PausedExecution] = []
        if self.scenario.stopped is not None:
            world, old = self._after_an_incident(world, self.scenario.stopped)
        begun = [self.scheduler.begin(name, reporter) for name, reporter in self.scenario.reports]
        return (self.worlds.of(world), *(self.paused_executions.of(paused) for paused in (*begun, *old)))

    def _after_an_incident(
        self, world: WorldState, stopped: tuple[str, ...]
    ) -> tuple[WorldState, list[PausedExecution]]:
        """Let the first site survive; stop an execution in each of the given states; later, restore the second site."""
        old, budget = [], world.left
        world = world._replace(left=Budget(restores=1, jumps=(2 * HOLD_DOWN_SECONDS,)))
        for number, state in enumerate((*stopped, ""), 1):
            paused = self.scheduler.begin(f"{SITES.first}-old-{number}", SITES.first)
            while paused.end is None and paused.execution.position.state != state:
                transition = next(self._transitions_of.of(world, paused))
                world, paused = transition.world, transition.paused
            old.append(paused)
        settled = later(world)
        restored = next(after for _, after in operator(settled, self.scenario.layout)) if settled else world
        return tidy(restored._replace(before=restored.groups, left=budget)), old[:-1]

    def transitions(self, world: int, paused: int) -> tuple[NumberedTransition, ...]:
        """Return the transitions of one execution in one world."""
        known = self._transitions.get((world, paused))
        if known is None:
            known = self._transitions[world, paused] = tuple(self._find_transitions(world, paused))
        return known

    def _find_transitions(self, world: int, paused: int) -> Iterator[NumberedTransition]:
        for transition in self._transitions_of.of(self.worlds[world], self.paused_executions[paused]):
            zombie = -1 if transition.zombie is None else self.paused_executions.of(transition.zombie)
            yield NumberedTransition(
                self.worlds.of(transition.world),
                self.paused_executions.of(_forgotten(transition.paused)),
                zombie,
                transition.note,
                transition.broken,
            )

    def next_states(self, state: State) -> Iterator[Next]:
        """Yield every next state, with what happened to whom, and what is broken."""
        world, count = state[0], self.scenario.executions
        for place in range(1, len(state)):
            for after, execution, zombie, note, broken in self.transitions(world, state[place]):
                executions = (*state[1:place], execution, *state[place + 1 :])
                if zombie >= 0:
                    executions = (*executions, zombie)
                if len(executions) > count:
                    zombies = (number for number in executions[count:] if self.paused_executions[number].end is None)
                    executions = (*executions[:count], *sorted(zombies))
                yield (after, *executions), place, note, broken
        for number, note, broken in self._happens(world):
            yield (number, *state[1:]), 0, note, broken
        if world in self._may_pause:
            yield from self._pauses(state)

    def _happens(self, world: int) -> tuple[tuple[int, str, str], ...]:
        if world not in self._environment:
            left = self.worlds[world].left
            if left.restores or left.hands or left.jumps:
                self._may_pause.add(world)
            self._environment[world] = tuple(
                (self.worlds.of(after), note, broken_by_us(self.worlds[world], after, self.scenario.layout))
                for note, after in by_itself(self.worlds[world], self.scenario.layout)
            )
        return self._environment[world]

    def _pauses(self, state: State) -> Iterator[Next]:
        """What an operator does while no Lambda runs; and time that passes over Lambdas, which then are dead."""
        world = self.worlds[state[0]]
        paused_executions = [self.paused_executions[number] for number in state[1:]]
        if not self.scenario.operator_waits or all(_at_rest(each) for each in paused_executions):
            for what, after in operator(world, self.scenario.layout):
                settled = after._replace(before=after.groups) if self.scenario.operator_waits else after
                yield (self.worlds.of(settled), *state[1:]), 0, what, ""
        passed = later(world)
        if passed is not None:
            redriven = [
                self.paused_executions.of(each if each.end else self.scheduler.redriven(each.execution))
                for each in paused_executions[: self.scenario.executions]
            ]
            note = f"{passed.clock - world.clock} s pass: whatever ran is dead, and may be redriven"
            yield (self.worlds.of(passed), *redriven), 0, note, broken_by_us(world, passed, self.scenario.layout)

    def step(self, state: State, after: State, place: int, note: str) -> Step:
        """Tell a transition."""
        world = self.worlds[after[0]]
        if place == 0:
            return Step("", "", None, note, world, None)
        execution, request, _ = self.paused_executions[state[place]]
        end = self.paused_executions[after[place]].end if place <= self.scenario.executions else None
        who = f"{execution.name}, zombie" if execution.zombie else execution.name
        return Step(who, execution.position.state, request, note, world, end)

    def unannounced(self, state: State) -> str:
        """Check T, if every execution has ended."""
        codes = set()
        for number in state[1:]:
            end = self.paused_executions[number].end
            if end is None:
                return ""
            codes.add(end.code)
        return unannounced(codes, self.worlds[state[0]], self.scenario.layout)

    def outcomes(self) -> set[str]:
        """Return the codes with which executions have ended so far."""
        ends = (self.paused_executions[number].end for number in range(len(self.paused_executions)))
        return {end.code for end in ends if end and end.code}

    def unfinished(self, world: int) -> str:
        """Check I4 in a world."""
        return self._recovery.broken_after(self.worlds[world])


def _at_rest(paused: PausedExecution) -> bool:
    return paused.end is not None or (not paused.execution.heard and not paused.execution.zombie)


def _forgotten(paused: PausedExecution) -> PausedExecution:
    """Of an execution that has ended, only how it ended matters."""
    if paused.end is None:
        return paused
    execution = paused.execution
    position = execution.position._replace(variables="", retries=())
    kept = execution._replace(position=position, answers=(), heard=0, did=())
    return PausedExecution(kept, None, paused.end._replace(sentence=""))
