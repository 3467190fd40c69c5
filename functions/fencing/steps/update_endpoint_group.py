"""Update Endpoint Group: take the fenced site's endpoints out of the accelerator, and see that they are gone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from fencing import outcome
from fencing.adapters.fence_table import FenceTable
from fencing.adapters.global_accelerator import GlobalAccelerator
from fencing.errors import EndpointStillListed, RequestRefused, SurvivorNotListed
from fencing.fence import Fence, FenceRecord, Phase, superseded
from fencing.outcome import Outcome
from fencing.topology import Topology, View

_PAUSES_SECONDS = (0.0, 0.25, 0.5, 1.0, 2.0)


@dataclass(frozen=True, slots=True)
class Updated:
    """How many endpoints this call removed, and what was found; an outcome only when the execution ends here."""

    removed: int
    reason: str
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class UpdateEndpointGroup:
    """Acts only while the record's decision is the execution's, its phase FENCING, and the survivor in the listener."""

    accelerators: GlobalAccelerator
    table: FenceTable
    now: Callable[[], datetime]
    pause: Callable[[float], None]

    def __call__(self, fence: Fence, topology: Topology) -> Updated:
        """Remove, read back, confirm. Run again, it changes nothing more.

        Raises:
            SurvivorNotListed: a listener would be, or is, left without the survivor.
            EndpointStillListed: Global Accelerator still lists what was removed.
            FenceRecordUnavailable, InvalidFenceRecord: the record can't be read or written.
            AcceleratorUnavailable, AccessDenied, RequestRefused, SitesNotIdentified: see `GlobalAccelerator`.
        """
        removed: set[tuple[str, str]] = set()
        while True:
            record = self.table.read()
            if record is None or not fence.stands_in(record):
                return _ended(len(removed), superseded(fence, record))
            if record.phase is Phase.FENCED or not self._remove_next(fence, topology, removed):
                break

        if not self._read_back(fence, record, topology):
            if record.phase is Phase.FENCING:
                raise EndpointStillListed(f"{fence.fenced}'s endpoint was removed, but is still listed.")
            return _ended(0, outcome.held_down(fence.fenced, f"{record.fenced_at:%H:%M:%S} UTC"))
        if record.phase is Phase.FENCING and not self.table.confirm(fence, self.now()):
            record = self.table.read()
            if not fence.stands_in(record):
                return _ended(len(removed), superseded(fence, record))
        return Updated(len(removed), f"{fence.fenced} is out of the accelerator, {fence.survivor} is in it.")

    def _remove_next(self, fence: Fence, topology: Topology, removed: set[tuple[str, str]]) -> bool:
        """Remove one endpoint, after a fresh look; False when there is none left. Reads may be stale: none twice."""
        view = self.accelerators.look(topology)
        for group, endpoint in view.endpoints_of(fence.fenced):
            if (group.arn, endpoint.id) in removed:
                continue
            if not view.listener_serves(group.listener_arn, fence.survivor):
                raise SurvivorNotListed(
                    f"{fence.survivor} is not in the listener {group.listener_arn}, which would be left empty."
                )
            removed.add((group.arn, endpoint.id))
            try:
                self.accelerators.remove_endpoint(group.arn, endpoint)
            except RequestRefused:
                # AWS doesn't say what it answers for an endpoint that another execution has just removed.
                if self._lists(topology, group.arn, endpoint.id):
                    raise
            return True
        return False

    def _lists(self, topology: Topology, group_arn: str, endpoint_id: str) -> bool:
        groups = self.accelerators.look(topology).groups
        return any(group.arn == group_arn and endpoint_id in [end.id for end in group.endpoints] for group in groups)

    def _read_back(self, fence: Fence, record: FenceRecord, topology: Topology) -> bool:
        for seconds in _PAUSES_SECONDS:
            self.pause(seconds)
            view = self.accelerators.look(topology)
            if not view.serves(fence.fenced):
                _require_survivor(view, fence, record)
                return True
        return False


def _require_survivor(view: View, fence: Fence, record: FenceRecord) -> None:
    touched = {endpoint.endpoint_group_arn for endpoint in record.removed}
    listeners = {group.listener_arn for group in view.groups if group.endpoints or group.arn in touched}
    lacking = sorted(arn for arn in listeners if not view.listener_serves(arn, fence.survivor))
    if lacking or not listeners:
        raise SurvivorNotListed(
            f"{fence.survivor} should be alone in the accelerator, but is not in {' and '.join(lacking) or 'it'}."
        )


def _ended(removed: int, with_outcome: Outcome) -> Updated:
    return Updated(removed, with_outcome.sentence, with_outcome)
