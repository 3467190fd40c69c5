"""All that may happen in a scenario, state by state.

Worlds and executions are numbered, and a state is a tuple of numbers: the world's, then each execution's, then those of
the twins in ascending order. The moves of an execution depend on the world and on itself only, so they are worked out
once for each such pair: handlers run some thousand times for millions of transitions.
"""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from verification.model.aftermath import Aftermath
from verification.model.conversation import Request
from verification.model.definition import Definition, End
from verification.model.execution import Conductor, Standing
from verification.model.invariants import broken_by_us, unannounced
from verification.model.lambdas import Lambdas, environment_for
from verification.model.moves import Moves
from verification.model.outside import Outside, dns_name
from verification.model.scenarios import Scenario
from verification.model.surroundings import by_itself, later, operator
from verification.model.world import HOLD_DOWN_SECONDS, SITES, Budget, World, first_moment, tidy

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
        self._aftermath = Aftermath(self.conductor, self._moves_of, scenario.layout)

    def first_state(self) -> State:
        """No report has looked at anything yet; old executions stand where they were stopped."""
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
                for note, after in by_itself(self.worlds[world], self.scenario.layout)
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
        """Check T, if every execution has ended."""
        codes = set()
        for number in state[1:]:
            end = self.standings[number].end
            if end is None:
                return ""
            codes.add(end.code)
        return unannounced(codes, self.worlds[state[0]], self.scenario.layout)

    def outcomes(self) -> set[str]:
        """Return the codes with which executions have ended so far."""
        ends = (self.standings[number].end for number in range(len(self.standings)))
        return {end.code for end in ends if end and end.code}

    def unfinished(self, world: int) -> str:
        """Check I4 in a world."""
        return self._aftermath.broken_after(self.worlds[world])


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
