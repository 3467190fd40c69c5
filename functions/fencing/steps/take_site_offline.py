"""Take Site Offline: the survivor's Infinispan stops waiting for the fenced site, and says so."""

from collections.abc import Callable
from dataclasses import dataclass

from fencing import outcome
from fencing.adapters.fence_table import FenceTable
from fencing.adapters.global_accelerator import GlobalAccelerator
from fencing.adapters.infinispan import Infinispan
from fencing.decisions.confirm_offline import OFFLINE, caches_that_refused
from fencing.errors import EndpointStillListed, SiteNotYetOffline, SurvivorNotListed
from fencing.fence import Fence
from fencing.outcome import Outcome
from fencing.topology import Topology

_PAUSES_SECONDS = (0.0, 0.25, 0.5, 1.0)


@dataclass(frozen=True, slots=True)
class TakeSiteOffline:
    """Acts only while the record's decision is the execution's, and the accelerator still lacks the fenced site."""

    accelerators: GlobalAccelerator
    table: FenceTable
    infinispan_for: Callable[[str], Infinispan]
    pause: Callable[[float], None]

    def __call__(self, fence: Fence, topology: Topology, *, is_repeat: bool) -> Outcome:
        """Ask for the status, act if needed, ask again. `is_repeat`: the site was fenced before this execution came.

        Raises:
            EndpointStillListed: the fenced site is in the accelerator, again or by a stale read.
            SurvivorNotListed: the survivor was taken out of the accelerator.
            SiteNotYetOffline: a cache refused, or Infinispan doesn't say `offline` afterwards.
            InfinispanUnavailable, InfinispanAccessDenied, InfinispanMisconfigured: see `Infinispan`.
            FenceRecordUnavailable, InvalidFenceRecord: the record can't be read.
            AcceleratorUnavailable, AccessDenied, RequestRefused, SitesNotIdentified: Global Accelerator can't be read.
            SecretUnavailable, InvalidSecret: the credentials can't be read.
        """
        record = self.table.read()
        if not fence.stands_in(record):
            return fence.superseded_by(record)
        self._require_fence(fence, topology)
        infinispan = self.infinispan_for(fence.survivor)
        if infinispan.backup_status(fence.fenced) == OFFLINE:
            make_outcome = outcome.fenced_already if is_repeat else outcome.fenced
            return make_outcome(survivor=fence.survivor, fenced_site=fence.fenced, accelerators=str(topology))
        results = infinispan.take_offline(fence.fenced)
        if refused := caches_that_refused(results):
            raise SiteNotYetOffline(f"{fence.survivor}'s Infinispan has not dropped {fence.fenced}: {refused}.")
        self._read_back(infinispan, fence)
        self._require_fence(fence, topology)
        return outcome.fenced(survivor=fence.survivor, fenced_site=fence.fenced, accelerators=str(topology))

    def _require_fence(self, fence: Fence, topology: Topology) -> None:
        """Before, because it must not happen otherwise; after, because somebody may have moved endpoints in between."""
        snapshot = self.accelerators.snapshot(topology)
        if snapshot.serves(fence.fenced):
            raise EndpointStillListed(
                f"{fence.fenced} is in the accelerator again: {fence.survivor}'s Infinispan must not drop it, "
                f"and if it has, the sites diverge."
            )
        if not snapshot.serves(fence.survivor):
            raise SurvivorNotListed(f"{fence.survivor} is not in the accelerator any more: nobody is served.")

    def _read_back(self, infinispan: Infinispan, fence: Fence) -> None:
        status = ""
        for seconds in _PAUSES_SECONDS:
            self.pause(seconds)
            status = infinispan.backup_status(fence.fenced)
            if status == OFFLINE:
                return
        raise SiteNotYetOffline(
            f"{fence.survivor}'s Infinispan was told to drop {fence.fenced}, but still calls it {status}."
        )
