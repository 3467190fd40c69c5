"""Random walks far beyond the bound of the search: more executions, more faults at once. A seed replays a walk."""

import random
from dataclasses import dataclass

from verification.model.explorer import Explorer, Next, State, Violation
from verification.model.scenarios import A, B, ModelScenario, reports
from verification.model.world import HOLD_DOWN_SECONDS, LAYOUTS, Budget

_EVERYTHING = Budget(
    crashes=4,
    stale_reads=6,
    lost_answers=2,
    late_effects=2,
    partial_effects=2,
    zombies=2,
    restores=2,
    restarts=2,
    jumps=(HOLD_DOWN_SECONDS // 2, 2 * HOLD_DOWN_SECONDS, HOLD_DOWN_SECONDS),
)
WALKS = tuple(
    ModelScenario(
        f"anything in front of {name}", LAYOUTS[name], reports(A, B, A, B, A), _EVERYTHING, skews=(-100, 0, 100)
    )
    for name in ("one group", "two accelerators")
)
# Faults are rarer than calls that go well, time and operators rarer still: or nothing would ever be under way.
_FAULTS, _OTHERS = 0.06, 0.02


@dataclass
class Walk:
    """Where a walk led."""

    steps: int
    violation: Violation | None


def walk_once(explorer: Explorer, seed: int) -> Walk:
    """Walk at random until nothing happens any more; to be used inside `lambdas.installed()`."""
    choice = random.Random(seed)
    state = explorer.first_state()
    way: list[tuple[State, State, int, str]] = []
    while True:
        steps = list(explorer.next_states(state))
        broken = explorer.unfinished(state[0])
        if not steps:
            broken = broken or explorer.unannounced(state)
        if broken or not steps:
            return Walk(len(way), _violation(explorer, broken, way) if broken else None)
        after, place, note, broken = _chosen(steps, choice)
        way.append((state, after, place, note))
        if broken:
            return Walk(len(way), _violation(explorer, broken, way))
        state = after


def _chosen(steps: list[Next], choice: random.Random) -> Next:
    normal = [step for step in steps if step[1] and not step[2]]
    faults = [step for step in steps if step[1] and step[2]]
    others = [step for step in steps if not step[1]]
    drawn = choice.random()
    wanted = others if drawn < _OTHERS else faults if drawn < _OTHERS + _FAULTS else normal
    return choice.choice(wanted or normal or faults or others)


def _violation(explorer: Explorer, broken: str, way: list[tuple[State, State, int, str]]) -> Violation:
    return Violation(broken, [explorer.step(*each) for each in way])
