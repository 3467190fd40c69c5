"""Breadth-first search over all interleavings, so that the first violation found is a shortest one."""

import time
from dataclasses import dataclass, field

from verification.model.explorer import Explorer, State, Step, Violation


@dataclass
class Found:
    """What a search visited."""

    states: int = 0
    transitions: int = 0
    ends: int = 0
    handler_runs: int = 0
    seconds: float = 0.0
    complete: bool = False
    outcomes: set[str] = field(default_factory=set)
    violation: Violation | None = None


def search(explorer: Explorer) -> Found:
    """Visit every state once, or until something is broken; to be used inside `lambdas.installed()`."""
    began = time.monotonic()
    found = Found()
    tree = _Tree(explorer)
    for number, state in enumerate(tree.states):
        found.violation = tree.broken_in(number)
        ended = True
        for after, place, note, broken in explorer.next_states(state) if found.violation is None else ():
            ended = False
            found.transitions += 1
            if explorer.scenario.demands(broken):
                found.violation = Violation(broken, [*tree.way_to(number), explorer.step(state, after, place, note)])
                break
            tree.add(after, number)
        found.ends += ended
        if found.violation is not None:
            break
    found.complete = found.violation is None
    found.states, found.handler_runs = len(tree.states), explorer.lambdas.runs
    found.outcomes = explorer.outcomes()
    found.seconds = time.monotonic() - began
    return found


class _Tree:
    """The states that were reached, in the order of their discovery, each with the one that it was reached from."""

    def __init__(self, explorer: Explorer) -> None:
        self.states = [explorer.first_state()]
        self._explorer = explorer
        self._parents = [-1]
        self._seen = set(self.states)
        self._worlds: set[int] = set()

    def add(self, state: State, parent: int) -> None:
        """Add a state, if it is new."""
        if state not in self._seen:
            self._seen.add(state)
            self.states.append(state)
            self._parents.append(parent)

    def broken_in(self, number: int) -> Violation | None:
        """Check what concerns a state rather than a step: I4 once for each world, and T where everything has ended."""
        state, broken = self.states[number], ""
        if state[0] not in self._worlds:
            self._worlds.add(state[0])
            broken = self._explorer.unfinished(state[0])
        broken = broken or self._explorer.unannounced(state)
        return Violation(broken, self.way_to(number)) if self._explorer.scenario.demands(broken) else None

    def way_to(self, number: int) -> list[Step]:
        """Return the steps from the first state."""
        steps = []
        while (parent := self._parents[number]) >= 0:
            before, after = self.states[parent], self.states[number]
            _, place, note, _ = next(step for step in self._explorer.next_states(before) if step[0] == after)
            steps.append(self._explorer.step(before, after, place, note))
            number = parent
        return steps[::-1]
