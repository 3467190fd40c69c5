"""Running many explorations in parallel, each in a process of its own."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import NamedTuple

from tests.explore.scenarios import Scenario

PROCESSES = 2


class Explored(NamedTuple):
    """What came of one scenario, in a form that travels between processes."""

    scenario: Scenario
    states: int
    transitions: int
    ends: int
    seconds: float
    handler_runs: int
    complete: bool
    outcomes: tuple[str, ...]
    broken: str
    story: tuple[str, ...]


def explore(scenario: Scenario) -> Explored:
    """Explore one scenario in this process."""
    # Imported here, so that a fresh process may put other functions on its path first.
    from tests.explore.explorer import Explorer  # noqa: PLC0415
    from tests.explore.search import search  # noqa: PLC0415
    from tests.explore.story import told  # noqa: PLC0415

    explorer = Explorer(scenario)
    with explorer.lambdas.installed():
        found = search(explorer)
    return Explored(
        scenario,
        found.states,
        found.transitions,
        found.ends,
        found.seconds,
        found.handler_runs,
        found.complete,
        tuple(sorted(found.outcomes - {""})),
        found.violation.broken if found.violation else "",
        tuple(told(found.violation)) if found.violation else (),
    )


def explore_all(scenarios: Iterable[Scenario]) -> Iterator[Explored]:
    """Explore scenarios, two at a time; yield each when it is done."""
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        for future in as_completed([pool.submit(explore, scenario) for scenario in scenarios]):
            yield future.result()


def walked(name: str, seeds: tuple[int, int]) -> tuple[int, int, tuple[str, ...]]:
    """Walk with the seeds of a range; return the steps, the seed that broke something (-1: none), and its story."""
    from tests.explore.explorer import Explorer  # noqa: PLC0415
    from tests.explore.story import told  # noqa: PLC0415
    from tests.explore.walk import WALKS, walk  # noqa: PLC0415

    explorer = Explorer(next(scenario for scenario in WALKS if scenario.name == name))
    steps = 0
    with explorer.lambdas.installed():
        for seed in range(*seeds):
            way = walk(explorer, seed)
            steps += way.steps
            if way.violation:
                return steps, seed, tuple(told(way.violation))
    return steps, -1, ()
