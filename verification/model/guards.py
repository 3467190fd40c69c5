"""The guards of the fence protocol, and for each the patch that removes it.

Each is removed in a copy of functions/, which the explorer then runs instead: it must find a violation.
"""

import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from verification.model.runs import Explored, explore, pool
from verification.model.scenarios import (
    EFFECTS,
    HANDS,
    LOPSIDED,
    RACE,
    RACE_AGAIN,
    REDRIVEN,
    SECOND_INCIDENT,
    ModelScenario,
)

FUNCTIONS = Path(__file__).parents[2] / "functions"
_CLAIM, _TABLE = "fencing/decisions/decide_claim.py", "fencing/adapters/fence_table.py"
_UPDATE, _TAKE = "fencing/steps/update_endpoint_group.py", "fencing/steps/take_site_offline.py"
# Looked for only when nothing graver is found.
_LESS_GRAVE = ("I4", "I5", "R", "O", "T")


@dataclass(frozen=True)
class Guard:
    """A guard, where it stands, what it is replaced by when it is removed, and a scenario that needs it.

    `implied` says why nothing breaks without it, if so: then it stands for defence in depth.
    """

    name: str
    file: str
    guarded: str
    unguarded: str
    scenario: ModelScenario
    implied: str = ""

    def removed_in(self, functions: Path) -> None:
        """Patch a copy of functions/.

        Raises:
            ValueError: the guard isn't there, or not once: the patch must follow the code.
        """
        path = functions / self.file
        source = path.read_text()
        if source.count(self.guarded) != 1:
            raise ValueError(f"{self.file} has {source.count(self.guarded)} times, not once: {self.guarded}")
        path.write_text(source.replace(self.guarded, self.unguarded))


GUARDS = (
    Guard(
        "the hold-down",
        _CLAIM,
        "if record.fenced_at is None or now - record.fenced_at < hold_down:",
        "if record.fenced_at is None:",
        RACE,
    ),
    Guard(
        "a decision that stands binds everybody",
        _CLAIM,
        "if record is not None and (because := why_binding(record, snapshot, now, hold_down)):",
        "if record is not None and (because := None):",
        RACE,
    ),
    Guard(
        "the first claim only if there is no record",
        _TABLE,
        'condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(sites)"}',
        "condition: dict[str, Any] = {}",
        RACE,
    ),
    Guard(
        "the generation in the condition of a later claim",
        _TABLE,
        '"ConditionExpression": f"{_IS_GENERATION} AND phase = :fenced"',
        '"ConditionExpression": "phase = :fenced"',
        RACE_AGAIN,
    ),
    Guard(
        "phase in the condition of a later claim",
        _TABLE,
        '"ConditionExpression": f"{_IS_GENERATION} AND phase = :fenced"',
        '"ConditionExpression": _IS_GENERATION',
        RACE_AGAIN,
        implied="a claim is only written over a record read as FENCED, and with the generation unchanged it still is",
    ),
    Guard(
        "the condition of a later claim",
        _TABLE,
        '"ConditionExpression": f"{_IS_GENERATION} AND phase = :fenced"',
        '"ConditionExpression": "attribute_exists(sites)"',
        RACE_AGAIN,
    ),
    Guard(
        "the generation in the condition of the confirmation",
        _TABLE,
        'f"{_IS_GENERATION} AND phase = :fencing"',
        '"phase = :fencing"',
        SECOND_INCIDENT,
        implied="a newer generation can't come while this invocation lasts: the hold-down is longer than any",
    ),
    Guard(
        "phase in the condition of the confirmation",
        _TABLE,
        'f"{_IS_GENERATION} AND phase = :fencing"',
        "_IS_GENERATION",
        SECOND_INCIDENT,
        implied="confirmed twice within one invocation's time, only fencedAt moves, and by seconds",
    ),
    Guard("the strongly consistent read", _TABLE, "ConsistentRead=True", "ConsistentRead=False", RACE),
    Guard(
        "the generation before a removal",
        _UPDATE,
        "if record is None or not fence.stands_in(record):",
        "if record is None:",
        SECOND_INCIDENT,
    ),
    Guard(
        "FENCING before a removal",
        _UPDATE,
        "            if record.phase is Phase.FENCED:\n                break\n",
        "",
        SECOND_INCIDENT,
    ),
    Guard(
        "the survivor in the listener before a removal",
        _UPDATE,
        "if not snapshot.listener_serves(group.listener_arn, fence.survivor):",
        "if False:",
        HANDS,
    ),
    Guard("the read-back of a removal", _UPDATE, "if not snapshot.serves(fence.fenced):", "if True:", EFFECTS),
    Guard("the survivor in the read-back", _UPDATE, "if lacking or not listeners:", "if False:", HANDS),
    Guard(
        "the generation before take-offline",
        _TAKE,
        "if not fence.stands_in(record):",
        "if record is None:",
        REDRIVEN,
        implied="a newer decision for the other site means that the fenced one serves, which is looked at next",
    ),
    Guard(
        "the look at the accelerator before take-offline",
        _TAKE,
        """        self._require_fence(fence, topology)
        infinispan =""",
        "        infinispan =",
        SECOND_INCIDENT,
    ),
    Guard(
        "the survivor in the accelerator before take-offline",
        _TAKE,
        "if not snapshot.serves(fence.survivor):",
        "if False:",
        HANDS,
    ),
    Guard(
        "the look at the accelerator after take-offline",
        _TAKE,
        """        self._read_back(infinispan, fence)
        self._require_fence(fence, topology)
""",
        """        self._read_back(infinispan, fence)
""",
        SECOND_INCIDENT,
        implied="only an operator who doesn't wait puts an endpoint back meanwhile; then it says so",
    ),
    Guard(
        "the fenced site is still out: the decision binds",
        _CLAIM,
        "if not snapshot.serves(record.fenced):",
        "if False:",
        SECOND_INCIDENT,
    ),
    Guard(
        "the reporter in every listener",
        _CLAIM,
        "if missing := snapshot.listeners_without(reporter):",
        "if missing := (): ",
        LOPSIDED,
    ),
)


def explore_without(guard: Guard) -> Explored:
    """Explore without a guard, in this process, which must not have imported functions/ yet.

    What is grave (an empty listener, diverging sites) is looked for first.
    """
    if "fencing" in sys.modules:
        raise RuntimeError("the functions are imported already, with all their guards")
    with tempfile.TemporaryDirectory() as directory:
        functions = Path(directory) / "functions"
        shutil.copytree(FUNCTIONS, functions, ignore=shutil.ignore_patterns("__pycache__"))
        guard.removed_in(functions)
        sys.path.insert(0, str(functions))
        if not guard.implied:
            grave = explore(replace(guard.scenario, excused=(*guard.scenario.excused, *_LESS_GRAVE)))
            if grave.broken:
                return grave
        return explore(guard.scenario)


def explore_without_each(guards: Iterable[Guard] = GUARDS) -> Iterator[tuple[Guard, Explored]]:
    """Explore without each of the guards, every one in a fresh process."""
    guards = tuple(guards)
    with pool() as processes:
        yield from zip(guards, processes.map(explore_without, guards), strict=True)
