"""python -m verification.model: explore to the full bound, without each guard, and beyond at random; numbers come last.

python -m verification.model                  all of it
python -m verification.model guards [WORD]    only what breaks without each guard (whose name has the word), in full
python -m verification.model limits           what breaks without each premise, told in full
python -m verification.model walk SEED        one random walk again
python -m verification.model faults           write docs/faults.md
"""

import argparse
import sys
import time
from pathlib import Path

# The functions find each other from here, as in a Lambda. A process that has others on its path keeps those.
sys.path.append(str(Path(__file__).parents[2] / "functions"))

from verification.model.guards import GUARDS, explore_without_each
from verification.model.runs import explore_all, walk_all
from verification.model.scenarios import FULL, LIMITS

WALKS_OF_EACH_KIND = 150


def main() -> int:
    """Run what the command line asks for; return 1 when anything isn't as it should be."""
    parser = argparse.ArgumentParser(
        prog="python -m verification.model", description="Exactly one survivor, by exploration."
    )
    commands = parser.add_subparsers(dest="command")
    guards = commands.add_parser("guards", help="what breaks without each guard")
    guards.add_argument("word", nargs="?", default="", help="a part of the guard's name")
    commands.add_parser("limits", help="what breaks without each premise")
    commands.add_parser("walk", help="one random walk again").add_argument("seed", type=int)
    commands.add_parser("faults", help="write docs/faults.md")
    arguments = parser.parse_args()
    match arguments.command:
        case "guards":
            return _guards(arguments.word, in_full=True)
        case "limits":
            return _limits(in_full=True)
        case "walk":
            return _walks(range(arguments.seed, arguments.seed + 1))
        case "faults":
            return _faults()
    return _everything()


def _everything() -> int:
    began = time.monotonic()
    print(f"{'scenario':44} {'layout':17} {'states':>9} {'transitions':>11} {'ends':>6} {'s':>5}  bound")
    explored = []
    for each in explore_all(FULL):
        explored.append(each)
        scenario = each.scenario
        print(
            f"{scenario.name:44} {scenario.layout.name:17} {each.states:9,} {each.transitions:11,} {each.ends:6,} "
            f"{each.seconds:5.0f}  {scenario.bound}",
            *each.counterexample,
            sep="\n",
            flush=True,
        )
    wrong = sum(bool(each.broken) or not each.complete for each in explored)
    wrong += _guards("", in_full=False) + _limits(in_full=False) + _walks(range(WALKS_OF_EACH_KIND))
    print(
        f"{sum(each.states for each in explored):,} states, "
        f"{sum(each.transitions for each in explored):,} transitions, "
        f"{sum(bool(each.broken) for each in explored)} violations, {time.monotonic() - began:.0f} s. "
        f"Bound: {len(FULL)} scenarios of 1 to 4 reports with the faults of the column 'bound', each exhaustively."
    )
    return min(wrong, 1)


def _guards(word: str, *, in_full: bool) -> int:
    wrong = 0
    for guard, each in explore_without_each(guard for guard in GUARDS if word in guard.name):
        expected = bool(each.broken) is not bool(guard.implied)
        wrong += not expected
        found = each.broken or f"nothing breaks in {each.states:,} states"
        print(f"without {guard.name}: {found}{f' ({guard.implied})' if guard.implied else ''}", flush=True)
        if not expected:
            print("     UNEXPECTED")
        if in_full:
            print(*each.counterexample, sep="\n")
    return wrong


def _limits(*, in_full: bool) -> int:
    wrong = 0
    for each in explore_all(LIMITS):
        wrong += not each.broken
        print(f"beyond the limits, when {each.scenario.name}: {each.broken or 'nothing breaks: UNEXPECTED'}")
        if in_full:
            print(*each.counterexample, sep="\n")
    return wrong


def _walks(seeds: range) -> int:
    from verification.model.walk import WALKS  # noqa: PLC0415  (imports the functions)

    wrong = 0
    for scenario, steps, seed, counterexample in walk_all(WALKS, seeds):
        print(f"random walks, seeds {seeds[0]} to {seeds[-1]}, {scenario.name}: {steps:,} steps; {scenario.bound}")
        if counterexample:
            wrong += 1
            print(
                f"the walk with the seed {seed} (python -m verification.model walk {seed}):", *counterexample, sep="\n"
            )
    return wrong


def _faults() -> int:
    from verification.model.fault_document import PATH, document, found  # noqa: PLC0415  (the same)

    cells = found()
    PATH.write_text(document(cells))
    wrong = [cell for cell in cells if cell.wrong]
    print(f"{len(cells)} cells are written to {PATH}; {len(wrong)} of them are wrong.", *wrong, sep="\n")
    return min(len(wrong), 1)


if __name__ == "__main__":
    sys.exit(main())
