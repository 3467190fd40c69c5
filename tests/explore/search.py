"""Breadth-first search over all interleavings, so that the first violation found is a shortest one.

Worlds and executions are numbered, and a state is a tuple of numbers: the world's, then each execution's, then those of
the twins in ascending order. The moves of an execution depend on the world and on itself only, so they are worked out
once for each such pair: handlers run some ten thousand times for millions of transitions.
"""

import json
import time
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

from tests.explore.conversation import Request
from tests.explore.definition import Definition, End
from tests.explore.execution import Conductor, Standing
from tests.explore.invariants import INVARIANTS, broken_by_us, finished, unannounced
from tests.explore.lambdas import Lambdas, environment_for
from tests.explore.moves import Moves
from tests.explore.outside import Outside, dns_name, environment, later, operator
from tests.explore.scenarios import Scenario
from tests.explore.world import HOLD_DOWN_SECONDS, SITES, Budget, World, first_moment, tidy

Thing = TypeVar("Thing", bound=Hashable)
State = tuple[int, ...]
# A next state; the place in the state of the execution that moved, 0 for the world; what was special; what is broken.
Next = tuple[State, int, str, str]


class Numbers(Generic[Thing]):
    """Numbers things, equal ones alike."""

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
    """One step of a story: who asked what in which state (all empty when the world moved), and what came of it."""

    who: str
    state: str
    request: Request | None
    note: str
    world: World
    end: End | None


class NumberedMove(NamedTuple):
    """A `Move`, by numbers. `twin` is -1 when there is none; `note` tells what happened."""

    world: int
    execution: int
    twin: int
    note: str
    broken: str


@dataclass
class Violation:
    """What is broken, and the way there."""

    broken: str
    steps: list[Step]


@dataclass
class Found:
    """What a search visited."""

    scenario: Scenario
    states: int = 0
    transitions: int = 0
    ends: int = 0
    worlds: int = 0
    handler_runs: int = 0
    seconds: float = 0.0
    complete: bool = False
    outcomes: set[str] = field(default_factory=set)
    violation: Violation | None = None


class Explorer:
    """Explores one scenario; to be used inside `lambdas.installed()`."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.outside = Outside(scenario.layout, scenario.skews)
        accelerators = [dns_name(arn) for arn in scenario.layout.accelerators]
        self.lambdas = Lambdas(environment_for(accelerators, SITES))
        self.conductor = Conductor(Definition(), self.lambdas, self.outside)
        self._moves_of = Moves(self.conductor, self.outside)
        self.worlds: Numbers[World] = Numbers()
        self.standings: Numbers[Standing] = Numbers()
        self._moves: dict[tuple[int, int], tuple[NumberedMove, ...]] = {}
        self._environment: dict[int, tuple[tuple[int, str, str], ...]] = {}
        self._may_pause: set[int] = set()
        self._finishes: dict[World, str] = {}

    def first_state(self) -> State:
        """All reports are on their way, none has looked at anything yet; old executions stand where they were stopped."""
        world = first_moment(self.scenario.layout, self.scenario.budget, out=self.scenario.out)
        old: list[Standing] = []
        if self.scenario.stopped is not None:
            world, old = self._after_an_incident(world, self.scenario.stopped)
        begun = [self.conductor.begin(name, reporter) for name, reporter in self.scenario.reports]
        return (self.worlds.of(world), *(self.standings.of(standing) for standing in (*begun, *old)))

    def _after_an_incident(self, world: World, stopped: tuple[str, ...]) -> tuple[World, list[Standing]]:
        """Let the first site survive; stop an execution in each of the given states; later, restore the second site."""
        old, budget = [], world.left
        world = world._replace(left=Budget(restores=1, jumps=(2 * HOLD_DOWN_SECONDS,)))
        for number, state in enumerate((*stopped, ""), 1):
            standing = self.conductor.begin(f"{SITES.first}-old-{number}", SITES.first)
            while standing.end is None and standing.execution.position.state != state:
                move = next(self._moves_of.of(world, standing))
                world, standing = move.world, move.standing
            old.append(standing)
        settled = later(world)
        restored = next(after for _, after in operator(settled, self.scenario.layout)) if settled else world
        return tidy(restored._replace(before=restored.groups, left=budget)), old[:-1]

    def moves(self, world: int, standing: int) -> tuple[NumberedMove, ...]:
        """Return the moves of one execution in one world."""
        known = self._moves.get((world, standing))
        if known is None:
            known = self._moves[world, standing] = tuple(self._find_moves(world, standing))
        return known

    def _find_moves(self, world: int, standing: int) -> Iterator[NumberedMove]:
        for move in self._moves_of.of(self.worlds[world], self.standings[standing]):
            twin = -1 if move.twin is None else self.standings.of(move.twin)
            yield NumberedMove(
                self.worlds.of(move.world), self.standings.of(_forgotten(move.standing)), twin, move.note, move.broken
            )

    def next_states(self, state: State) -> Iterator[Next]:
        """Yield every next state, with what happened to whom, and what is broken."""
        world, count = state[0], self.scenario.executions
        for place in range(1, len(state)):
            for after, execution, twin, note, broken in self.moves(world, state[place]):
                executions = (*state[1:place], execution, *state[place + 1 :])
                if twin >= 0:
                    executions = (*executions, twin)
                if len(executions) > count:
                    twins = (number for number in executions[count:] if self.standings[number].end is None)
                    executions = (*executions[:count], *sorted(twins))
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
                for note, after in environment(self.worlds[world], self.scenario.layout)
            )
        return self._environment[world]

    def _pauses(self, state: State) -> Iterator[Next]:
        """What an operator does while no Lambda runs; and time that passes over Lambdas, which then are dead."""
        world = self.worlds[state[0]]
        standings = [self.standings[number] for number in state[1:]]
        if not self.scenario.operator_waits or all(_at_rest(each) for each in standings):
            for what, after in operator(world, self.scenario.layout):
                settled = after._replace(before=after.groups) if self.scenario.operator_waits else after
                yield (self.worlds.of(settled), *state[1:]), 0, what, ""
        passed = later(world)
        if passed is not None:
            redriven = [
                self.standings.of(each if each.end else self.conductor.redriven(each.execution))
                for each in standings[: self.scenario.executions]
            ]
            note = f"{passed.clock - world.clock} s pass: whatever ran is dead, and may be redriven"
            yield (self.worlds.of(passed), *redriven), 0, note, broken_by_us(world, passed, self.scenario.layout)

    def step(self, state: State, after: State, place: int, note: str) -> Step:
        """Tell a transition."""
        world = self.worlds[after[0]]
        if place == 0:
            return Step("", "", None, note, world, None)
        execution, request, _ = self.standings[state[place]]
        end = self.standings[after[place]].end if place <= self.scenario.executions else None
        who = f"{execution.name}, twin" if execution.twin else execution.name
        return Step(who, execution.position.state, request, note, world, end)

    def unannounced(self, state: State) -> str:
        """Check T in a state in which nothing moves any more."""
        ends = [self.standings[number].end for number in state[1:]]
        return unannounced({end.code for end in ends if end}, self.worlds[state[0]], self.scenario.layout)

    def unfinished(self, world: World) -> str:
        """Check I4: everybody dies here; some time later both sites' alerts are repeated, either one first."""
        settled = later(world._replace(left=world.left._replace(jumps=(2 * self.scenario.hold_down,))))
        if settled is None:
            raise AssertionError("time passes")
        settled = settled._replace(left=type(world.left)(), told=(), restored=False, fenced_at=-1)
        if settled not in self._finishes:
            self._finishes[settled] = self._finish(settled, SITES) or self._finish(settled, SITES[::-1])
        return self._finishes[settled]

    def _finish(self, world: World, reporters: tuple[str, ...]) -> str:
        for reporter in reporters:
            world, end = self._run_alone(world, reporter)
            if end.code.startswith(INVARIANTS):
                return f"{end.code}, in the repeat of {reporter}'s alert"
        missing = finished(world, self.scenario.layout)
        if missing:
            return f"I4: after the repeats of {' and '.join(reporters)}'s alerts, {missing}"
        return self._repeat_changes_something(world)

    def _repeat_changes_something(self, world: World) -> str:
        survivor = json.loads(world.record)["survivor"]["S"]
        after, end = self._run_alone(world, survivor)
        if after != world or end.code != "FencedAlready":
            return f"I4: everything was finished, but one more repeat ends with {end.code}, and leaves {after.record}"
        return ""

    def _run_alone(self, world: World, reporter: str) -> tuple[World, End]:
        """Run a repeat of the alert with nothing in its way."""
        standing = self.conductor.begin(f"repeat-of-{reporter}", reporter)
        while standing.end is None:
            move = next(self._moves_of.of(world, standing))
            if move.broken:
                return move.world, End("", False, move.broken, "")
            world, standing = move.world, move.standing
        return world, standing.end


def _at_rest(standing: Standing) -> bool:
    return standing.end is not None or (not standing.execution.heard and not standing.execution.twin)


def _forgotten(standing: Standing) -> Standing:
    """Of an execution that has ended, only how it ended matters."""
    if standing.end is None:
        return standing
    execution = standing.execution
    position = execution.position._replace(variables="", retries=())
    kept = execution._replace(position=position, answers=(), heard=0, did=())
    return Standing(kept, None, standing.end._replace(sentence=""))


def search(
    explorer: Explorer, *, most_states: int = 0, on_progress: Callable[[Found], None] = lambda _: None
) -> Found:
    """Visit every state once, or until a violation or `most_states` is met."""
    began = time.monotonic()
    found = Found(explorer.scenario)
    first = explorer.first_state()
    number_of: dict[State, int] = {first: 0}
    states, parents = [first], [-1]
    checked: set[int] = set()

    def stop(broken: str, last: int, *step: Step) -> Found:
        found.violation = Violation(broken, [*_way_to(explorer, states, parents, last), *step])
        return finish()

    def finish() -> Found:
        found.states, found.worlds, found.handler_runs = len(states), len(explorer.worlds), explorer.lambdas.runs
        found.seconds = time.monotonic() - began
        return found

    current = 0
    while current < len(states):
        state = states[current]
        if state[0] not in checked:
            checked.add(state[0])
            broken = explorer.unfinished(explorer.worlds[state[0]])
            if broken and not broken.startswith(explorer.scenario.excused):
                return stop(broken, current)
        ended = True
        for after, place, note, broken in explorer.next_states(state):
            found.transitions += 1
            ended = False
            if broken and not broken.startswith(explorer.scenario.excused):
                return stop(broken, current, explorer.step(state, after, place, note))
            if number_of.setdefault(after, len(states)) == len(states):
                states.append(after)
                parents.append(current)
        if ended:
            found.ends += 1
            broken = explorer.unannounced(state)
            if broken and not broken.startswith(explorer.scenario.excused):
                return stop(broken, current)
        current += 1
        if most_states and len(states) > most_states:
            return finish()
        if current % 100_000 == 0:
            finish()
            on_progress(found)
    found.complete = True
    found.outcomes = {
        standing.end.code for standing in map(explorer.standings.__getitem__, range(len(explorer.standings))) if standing.end
    }
    return finish()


def _way_to(explorer: Explorer, states: list[State], parents: list[int], last: int) -> list[Step]:
    steps = []
    while parents[last] >= 0:
        before = states[parents[last]]
        place, note = next((place, note) for after, place, note, _ in explorer.next_states(before) if after == states[last])
        steps.append(explorer.step(before, states[last], place, note))
        last = parents[last]
    return steps[::-1]
