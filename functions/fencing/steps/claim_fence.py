"""Claim Fence: decide, once, who survives."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from fencing.adapters.fence_table import FenceTable
from fencing.adapters.global_accelerator import GlobalAccelerator
from fencing.decisions.decide_claim import Action, ClaimDecision, ClaimRequest, decide_claim
from fencing.errors import FenceContended
from fencing.topology import Topology

# Two executions race, a third may be a repeat: whoever loses more often than that retries later.
_TRIES = 3


@dataclass(frozen=True, slots=True)
class ClaimFence:
    """The only writer of new decisions."""

    accelerators: GlobalAccelerator
    table: FenceTable
    hold_down: timedelta
    now: Callable[[], datetime]

    def __call__(self, request: ClaimRequest, topology: Topology) -> ClaimDecision:
        """Decide on fresh facts, and write the decision on the condition that it is still the first.

        Raises:
            FenceContended: the record kept changing between read and write.
            FenceRecordUnavailable, InvalidFenceRecord: the record can't be read or written.
            AcceleratorUnavailable, AccessDenied, RequestRefused, SitesNotIdentified: Global Accelerator can't be read.
        """
        for _ in range(_TRIES):
            record = self.table.read()
            snapshot = self.accelerators.snapshot(topology)
            decision = decide_claim(record, snapshot, request, self.now(), self.hold_down)
            if decision.action is not Action.CLAIM or decision.record is None:
                return decision
            is_written = self.table.claim(decision.record, over=record)
            if is_written:
                return decision
        raise FenceContended("Other executions keep changing the fence record.")
