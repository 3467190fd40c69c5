"""Update Endpoint Group: take the fenced site's endpoints out of the accelerator, and see that they are gone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from fencing import outcome
from fencing.adapters.fence_table import FenceTable
from fencing.adapters.global_accelerator import GlobalAccelerator
from fencing.errors import EndpointStillListed, RequestRefused, SurvivorNotListed
from fencing.fence import Fence, FenceRecord, Phase
from fencing.outcome import Outcome
from fencing.topology import Endpoint, EndpointGroup, EndpointSnapshot, Topology

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
                return _ended(len(removed), fence.superseded_by(record))
            if record.phase is Phase.FENCED:
                break
            found = self._find_next(fence, topology, removed)
            if found is None:
                break
            group, endpoint = found
            removed.add((group.arn, endpoint.id))
            self._remove(group, endpoint, topology)

        if not self._read_back(fence, record, topology):
            if record.phase is Phase.FENCING:
                raise EndpointStillListed(f"{fence.fenced}'s endpoint was removed, but is still listed.")
            return _ended(0, outcome.held_down(fenced_site=fence.fenced, fenced_at=f"{record.fenced_at:%H:%M:%S} UTC"))
        if record.phase is Phase.FENCING:
            is_confirmed = self.table.confirm(fence, self.now())
            stands = record if is_confirmed else self.table.read()
            if not fence.stands_in(stands):
                return _ended(len(removed), fence.superseded_by(stands))
        return Updated(len(removed), f"{fence.fenced} is out of the accelerator, {fence.survivor} is in it.")

    def _find_next(
        self, fence: Fence, topology: Topology, removed: set[tuple[str, str]]
    ) -> tuple[EndpointGroup, Endpoint] | None:
        """Find an endpoint to remove in a fresh snapshot. It may be stale: what was removed once isn't found again."""
        snapshot = self.accelerators.snapshot(topology)
        for group, endpoint in snapshot.endpoints_of(fence.fenced):
            if (group.arn, endpoint.id) in removed:
                continue
            if not snapshot.listener_serves(group.listener_arn, fence.survivor):
                raise SurvivorNotListed(
                    f"{fence.survivor} is not in the listener {group.listener_arn}, which would be left empty."
                )
            return group, endpoint
        return None

    def _remove(self, group: EndpointGroup, endpoint: Endpoint, topology: Topology) -> None:
        try:
            self.accelerators.remove_endpoint(group.arn, endpoint)
        except RequestRefused:
            # AWS doesn't say what it answers for an endpoint that another execution has just removed.
            if self._is_listed(group, endpoint, topology):
                raise

    def _is_listed(self, group: EndpointGroup, endpoint: Endpoint, topology: Topology) -> bool:
        groups = self.accelerators.snapshot(topology).groups
        return any(found.arn == group.arn and endpoint.id in [end.id for end in found.endpoints] for found in groups)

    def _read_back(self, fence: Fence, record: FenceRecord, topology: Topology) -> bool:
        for seconds in _PAUSES_SECONDS:
            self.pause(seconds)
            snapshot = self.accelerators.snapshot(topology)
            if not snapshot.serves(fence.fenced):
                _require_survivor(snapshot, fence, record)
                return True
        return False


def _require_survivor(snapshot: EndpointSnapshot, fence: Fence, record: FenceRecord) -> None:
    touched = {endpoint.endpoint_group_arn for endpoint in record.removed}
    listeners = {group.listener_arn for group in snapshot.groups if group.endpoints or group.arn in touched}
    lacking = sorted(arn for arn in listeners if not snapshot.listener_serves(arn, fence.survivor))
    if lacking or not listeners:
        raise SurvivorNotListed(
            f"{fence.survivor} should be alone in the accelerator, but is not in {' and '.join(lacking) or 'it'}."
        )


def _ended(removed: int, ended: Outcome) -> Updated:
    return Updated(removed, ended.sentence, ended)
