"""May the reporter go on alone? Asked when a report is judged, and again when the fence is claimed."""

from fencing import outcome
from fencing.alert import Alert
from fencing.decisions.evidence import Evidence
from fencing.outcome import Outcome
from fencing.topology import EndpointSnapshot


def out_of_accelerator(snapshot: EndpointSnapshot, alert: Alert) -> Outcome | None:
    """End the report of a site that serves nobody; None when it is in the accelerator."""
    reporter, offline_site = alert.reporter, alert.offline_site
    if snapshot.serves(reporter):
        return None
    if snapshot.serves(offline_site):
        return outcome.not_serving(reporter=reporter, offline_site=offline_site)
    return outcome.refused(
        because=f"neither {reporter} nor {offline_site} is in the accelerator, so nobody is served",
        next_step=f"Decide by hand which site is to serve, and add its endpoint (runbook, Forcing a decision). "
        f"{reporter} says that {offline_site} is gone.",
    )


def why_unfit(snapshot: EndpointSnapshot, alert: Alert, evidence: Evidence) -> str | None:
    """Say why the reporter must not go on alone; None when it may.

    It must be HEALTHY, unless refusing would leave nobody: the other site isn't healthy anywhere either, and the
    reporter's own Infinispan positively confirms that it is gone.
    """
    reporter, offline_site = alert.reporter, alert.offline_site
    health = snapshot.health(reporter)
    if health == "HEALTHY":
        return None
    if snapshot.any_healthy(offline_site):
        return f"{reporter} is {health} in the accelerator, while {offline_site} is HEALTHY"
    if evidence is not Evidence.GONE:
        return (
            f"{reporter} is {health} in the accelerator, and its Infinispan doesn't confirm that {offline_site} is gone"
        )
    return None
