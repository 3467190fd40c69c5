"""What may happen next: to one execution, to the world, and to all of them together.

A failed read, a throttled or refused call and a call that never got out all end an invocation without an effect: the
definition runs it again, as after a crash. So a crash before a call stands for all of them, and a crash after the
effect of a write for a write whose answer is lost. What differs for the handler (a write that botocore sends again) is
in `outside`; every error by its own name goes through the definition in `faults`.
"""

from collections.abc import Iterator
from typing import NamedTuple

from verification.model.execution import Execution, PausedExecution, Scheduler
from verification.model.invariants import broken_by_us, broken_in_outcome
from verification.model.outside import Outside
from verification.model.world import Budget, WorldState


class Transition(NamedTuple):
    """What happened (`note`), the world and the execution afterwards, and what is broken now, if anything.

    `zombie` is the invocation that goes on beside the execution, if Step Functions has just given it up.
    """

    note: str
    world: WorldState
    paused: PausedExecution
    broken: str
    zombie: PausedExecution | None = None


class Transitions:
    """The transitions of one execution in one world depend on nothing else."""

    def __init__(self, scheduler: Scheduler, outside: Outside) -> None:
        self._scheduler = scheduler
        self._outside = outside

    def of(self, world: WorldState, paused: PausedExecution) -> Iterator[Transition]:
        """Yield all that may happen to an execution that asks something."""
        execution, request = paused.execution, paused.asks
        if request is None:
            return
        for option in self._outside.options(world, request):
            went_on = self._scheduler.answered(execution, option.answer, option.did)
            yield self._checked(option.note, world, option.world, went_on, execution)
            if option.did and not option.note and not execution.zombie:
                yield from self._crashes(world, option.world, execution, option.did)
        if not execution.zombie:
            yield from self._crashes(world, world, execution, "")
            yield from self._zombie(world, paused)

    def _crashes(self, before: WorldState, world: WorldState, execution: Execution, did: str) -> Iterator[Transition]:
        """Before the call (`did` is empty) or after its effect; a crash of an invocation that heard nothing is none."""
        if not world.left.crashes:
            return
        when = "after its effect, before the answer" if did else "before the call"
        poorer = _spend(world, world.left._replace(crashes=world.left.crashes - 1))
        if did or execution.heard:
            crashed = self._scheduler.crashed(execution, did)
            yield self._checked(f"the Lambda dies {when}", before, poorer, crashed, execution)
        gone = self._scheduler.crashed(execution, did, for_ever=True)
        yield self._checked(f"the Lambda dies {when}, and every retry fails", before, poorer, gone, execution)

    def _zombie(self, world: WorldState, paused: PausedExecution) -> Iterator[Transition]:
        if not world.left.zombies or not paused.execution.heard:
            return
        poorer = _spend(world, world.left._replace(zombies=world.left.zombies - 1))
        again = self._scheduler.crashed(paused.execution, "")
        zombie = paused._replace(execution=paused.execution._replace(zombie=True))
        note = "Step Functions loses sight of the Lambda and starts it again, while it goes on"
        yield self._checked(note, world, poorer, again, paused.execution)._replace(zombie=zombie)

    def _checked(
        self, note: str, before: WorldState, after: WorldState, paused: PausedExecution, execution: Execution
    ) -> Transition:
        broken = broken_by_us(before, after, self._outside.layout)
        if not broken and paused.end is not None and not execution.zombie:
            broken = broken_in_outcome(paused.execution, paused.end, after, self._outside.layout)
        return Transition(note, after, paused, broken)


def _spend(world: WorldState, left: Budget) -> WorldState:
    return world._replace(left=left)
