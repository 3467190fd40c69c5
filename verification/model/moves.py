"""What may happen next: to one execution, to the world, and to all of them together.

A failed read, a throttled or refused call and a call that never got out all end an invocation without an effect: the
definition runs it again, as after a crash. So a crash before a call stands for all of them, and a crash after the
effect of a write for a write whose answer is lost. What differs for the handler (a write that botocore sends again) is
in `outside`; every error by its own name goes through the definition in `faults`.
"""

from collections.abc import Iterator
from typing import NamedTuple

from verification.model.execution import Conductor, Execution, Standing
from verification.model.invariants import broken_by_us, broken_in_outcome
from verification.model.outside import Outside
from verification.model.world import Budget, World


class Move(NamedTuple):
    """What happened (`note`), the world and the execution afterwards, and what is broken now, if anything.

    `twin` is the invocation that goes on beside the execution, if Step Functions has just given it up.
    """

    note: str
    world: World
    standing: Standing
    broken: str
    twin: Standing | None = None


class Moves:
    """The moves of one execution in one world depend on nothing else."""

    def __init__(self, conductor: Conductor, outside: Outside) -> None:
        self._conductor = conductor
        self._outside = outside

    def of(self, world: World, standing: Standing) -> Iterator[Move]:
        """Yield all that may happen to an execution that asks something."""
        execution, request = standing.execution, standing.asks
        if request is None:
            return
        for option in self._outside.options(world, request):
            went_on = self._conductor.answered(execution, option.answer, option.did)
            yield self._checked(option.note, world, option.world, went_on, execution)
            if option.did and not option.note and not execution.twin:
                yield from self._crashes(world, option.world, execution, option.did)
        if not execution.twin:
            yield from self._crashes(world, world, execution, "")
            yield from self._twin(world, standing)

    def _crashes(self, before: World, world: World, execution: Execution, did: str) -> Iterator[Move]:
        """Before the call (`did` is empty) or after its effect; a crash of an invocation that heard nothing is none."""
        if not world.left.crashes:
            return
        when = "after its effect, before the answer" if did else "before the call"
        poorer = _spend(world, world.left._replace(crashes=world.left.crashes - 1))
        if did or execution.heard:
            crashed = self._conductor.crashed(execution, did)
            yield self._checked(f"the Lambda dies {when}", before, poorer, crashed, execution)
        gone = self._conductor.crashed(execution, did, for_ever=True)
        yield self._checked(f"the Lambda dies {when}, and every retry fails", before, poorer, gone, execution)

    def _twin(self, world: World, standing: Standing) -> Iterator[Move]:
        if not world.left.twins or not standing.execution.heard:
            return
        poorer = _spend(world, world.left._replace(twins=world.left.twins - 1))
        again = self._conductor.crashed(standing.execution, "")
        twin = standing._replace(execution=standing.execution._replace(twin=True))
        note = "Step Functions loses sight of the Lambda and starts it again, while it goes on"
        yield self._checked(note, world, poorer, again, standing.execution)._replace(twin=twin)

    def _checked(self, note: str, before: World, after: World, standing: Standing, execution: Execution) -> Move:
        broken = broken_by_us(before, after, self._outside.layout)
        if not broken and standing.end is not None and not execution.twin:
            broken = broken_in_outcome(standing.execution, standing.end, after, self._outside.layout)
        return Move(note, after, standing, broken)


def _spend(world: World, left: Budget) -> World:
    return world._replace(left=left)
