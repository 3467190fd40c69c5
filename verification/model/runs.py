"""Running many explorations in parallel, each in a process of its own."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import NamedTuple

from verification.model.scenarios import ModelScenario

PROCESSES = 2


class Explored(NamedTuple):
    """What came of one scenario, in a form that travels between processes."""

    scenario: ModelScenario
    states: int
    transitions: int
    ends: int
    seconds: float
    handler_runs: int
    complete: bool
    outcomes: tuple[str, ...]
    broken: str
    counterexample: tuple[str, ...]


def pool() -> ProcessPoolExecutor:
    """Return a pool in which every task has a fresh process, that hasn't imported functions/ yet."""
    return ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn"), max_tasks_per_child=1)


def explore(scenario: ModelScenario) -> Explored:
    """Explore one scenario in this process."""
    # Imported here, so that a fresh process may put other functions on its path first.
    from verification.model.counterexample import told  # noqa: PLC0415
    from verification.model.explorer import Explorer  # noqa: PLC0415
    from verification.model.search import search  # noqa: PLC0415

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


def explore_all(scenarios: Iterable[ModelScenario]) -> Iterator[Explored]:
    """Explore scenarios, two at a time; yield each when it is done."""
    with pool() as processes:
        for future in as_completed([processes.submit(explore, scenario) for scenario in scenarios]):
            yield future.result()


class Walked(NamedTuple):
    """What came of random walks through a scenario. `counterexample` tells what was broken; `seed` replays it."""

    scenario: ModelScenario
    steps: int
    seed: int
    counterexample: tuple[str, ...]


def walk(scenario: ModelScenario, seeds: range) -> Walked:
    """Walk once with each seed, in this process, until something is broken."""
    from verification.model.counterexample import told  # noqa: PLC0415
    from verification.model.explorer import Explorer  # noqa: PLC0415
    from verification.model.walk import walk_once  # noqa: PLC0415

    explorer = Explorer(scenario)
    steps = 0
    with explorer.lambdas.installed():
        for seed in seeds:
            way = walk_once(explorer, seed)
            steps += way.steps
            if way.violation:
                return Walked(scenario, steps, seed, tuple(told(way.violation)))
    return Walked(scenario, steps, -1, ())


def walk_all(scenarios: Sequence[ModelScenario], seeds: range) -> Iterator[Walked]:
    """Walk with each seed in each scenario, in all processes; yield how it went, scenario by scenario."""
    with pool() as processes:
        started = [
            [processes.submit(walk, scenario, seeds[part::PROCESSES]) for part in range(PROCESSES)]
            for scenario in scenarios
        ]
        for futures in started:
            parts = [future.result() for future in futures]
            shown = next((part for part in parts if part.counterexample), parts[0])
            yield shown._replace(steps=sum(part.steps for part in parts))
