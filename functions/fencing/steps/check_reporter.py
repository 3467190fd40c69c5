"""Check Reporter: may this site speak, and is what it says true?"""

from collections.abc import Callable
from dataclasses import dataclass

from fencing.adapters.global_accelerator import GlobalAccelerator
from fencing.adapters.infinispan import Infinispan
from fencing.alert import Alert
from fencing.decisions.check_reporter import (
    Evidence,
    ReporterCheck,
    check_reporter,
    out_of_accelerator,
    read_evidence,
    stop,
)
from fencing.topology import Topology

# With the definition's wait of 2 s between two checks: a view that is being put together, or an endpoint that was just
# added, gets about 10 s.
LAST_CHECK = 6


@dataclass(frozen=True, slots=True)
class CheckedReporter:
    """The verdict, and the evidence that it rests on (UNKNOWN when Infinispan needn't be asked)."""

    check: ReporterCheck
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class CheckReporter:
    """Nothing is changed here: what can be checked is checked before anything is."""

    accelerators: GlobalAccelerator
    infinispan_of: Callable[[str], Infinispan]

    def __call__(self, alert: Alert, topology: Topology, check_number: int) -> CheckedReporter:
        """Check the reporter's endpoint, then its Infinispan. `check_number` counts this execution's checks from 1.

        Raises:
            InfinispanUnavailable, InfinispanAccessDenied, InfinispanMisconfigured: the last step couldn't be done.
            AcceleratorUnavailable, AccessDenied, RequestRefused, SitesNotIdentified: Global Accelerator can't be read.
            SecretUnavailable, InvalidSecret: the credentials can't be read.
        """
        view = self.accelerators.look(topology)
        if ended := out_of_accelerator(view, alert.reporter, alert.site):
            return CheckedReporter(stop(ended), Evidence.UNKNOWN)
        infinispan = self.infinispan_of(alert.reporter)
        evidence = read_evidence(infinispan.sites_view(), alert.reporter, alert.site)
        infinispan.backup_status(
            alert.site
        )  # what the last step needs: the permission ADMIN, and a backup to that site
        last_check = check_number >= LAST_CHECK
        return CheckedReporter(
            check_reporter(view, alert.reporter, alert.site, evidence, last_check=last_check), evidence
        )
