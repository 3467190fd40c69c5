"""Check Reporter: may this site speak, and is what it says true?"""

from collections.abc import Callable
from dataclasses import dataclass

from fencing.adapters.global_accelerator import GlobalAccelerator
from fencing.adapters.infinispan import Infinispan
from fencing.alert import Alert
from fencing.decisions.evidence import Evidence, read_evidence
from fencing.decisions.fitness import out_of_accelerator
from fencing.decisions.judge_report import Judgement, judge_report
from fencing.topology import Topology

# With the definition's wait of 2 s between two checks: a view that is being put together, or an endpoint that was just
# added, gets about 10 s.
LAST_CHECK = 6


@dataclass(frozen=True, slots=True)
class CheckReporter:
    """Nothing is changed here: what can be checked is checked before anything is."""

    accelerators: GlobalAccelerator
    infinispan_for: Callable[[str], Infinispan]

    def __call__(self, alert: Alert, topology: Topology, check_number: int) -> Judgement:
        """Check the reporter's endpoint, then its Infinispan. `check_number` counts this execution's checks from 1.

        The evidence is UNKNOWN when Infinispan needn't be asked.

        Raises:
            InfinispanUnavailable, InfinispanAccessDenied, InfinispanMisconfigured: the last step couldn't be done.
            AcceleratorUnavailable, AccessDenied, RequestRefused, SitesNotIdentified: Global Accelerator can't be read.
            SecretUnavailable, InvalidSecret: the credentials can't be read.
        """
        snapshot = self.accelerators.snapshot(topology)
        if ended := out_of_accelerator(snapshot, alert):
            return Judgement.stop(ended, Evidence.UNKNOWN)
        infinispan = self.infinispan_for(alert.reporter)
        evidence = read_evidence(infinispan.sites_view(), alert)
        # The last step needs the permission ADMIN and a backup to that site: without them this raises.
        infinispan.backup_status(alert.offline_site)
        return judge_report(snapshot, alert, evidence, last_check=check_number >= LAST_CHECK)
