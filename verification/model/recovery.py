"""Recovery from a moment in which every execution dies: invariant I4."""

import json

from verification.model.definition import End
from verification.model.execution import Scheduler
from verification.model.invariants import finished
from verification.model.surroundings import later
from verification.model.transitions import Transitions
from verification.model.world import HOLD_DOWN_SECONDS, SITES, Budget, Layout, WorldState

_LATER = Budget(jumps=(2 * HOLD_DOWN_SECONDS,))


class Recovery:
    """Lets both sites' alerts be repeated, some time later and with nothing in their way."""

    def __init__(self, scheduler: Scheduler, transitions: Transitions, layout: Layout) -> None:
        self._scheduler = scheduler
        self._transitions = transitions
        self._layout = layout
        self._known: dict[WorldState, str] = {}

    def broken_after(self, world: WorldState) -> str:
        """Check I4 for a world, whichever site's alert is repeated first."""
        settled = _some_time_after(world)
        if settled not in self._known:
            self._known[settled] = self._broken(settled, SITES) or self._broken(settled, SITES[::-1])
        return self._known[settled]

    def _broken(self, world: WorldState, reporters: tuple[str, ...]) -> str:
        for reporter in reporters:
            world, _, broken = self._repeat(world, reporter)
            if broken:
                return f"I4: in the repeat of {reporter}'s alert, {broken}"
        if missing := finished(world, self._layout):
            return f"I4: after the repeats of {' and '.join(reporters)}'s alerts, {missing}"
        survivor = json.loads(world.record)["survivor"]["S"]
        much_later = world._replace(clock=world.clock + 2 * HOLD_DOWN_SECONDS)
        after, end, broken = self._repeat(much_later, survivor)
        if broken or after != much_later or end.code != "FencedAlready":
            return f"I4: all was finished, but one more repeat changes something, or ends with {end.code} {broken}"
        return ""

    def _repeat(self, world: WorldState, reporter: str) -> tuple[WorldState, End, str]:
        """Run one execution to its end; return the world, how it ended, and what it broke."""
        paused = self._scheduler.begin(f"repeat-of-{reporter}", reporter)
        while paused.end is None:
            transition = next(self._transitions.of(world, paused))
            world, paused = transition.world, transition.paused
            if transition.broken:
                return world, End("", succeeded=False, code="", sentence=""), transition.broken
        return world, paused.end, ""


def _some_time_after(world: WorldState) -> WorldState:
    settled = later(world._replace(left=_LATER))
    if settled is None:
        raise ValueError("time passes")
    return settled._replace(left=Budget(), told=(), restored=False, fenced_at=-1)
