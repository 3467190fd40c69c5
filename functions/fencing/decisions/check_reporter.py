"""May this reporter survive, and is it true what it says?"""

from dataclasses import dataclass
from enum import StrEnum

from fencing import outcome
from fencing.outcome import Outcome
from fencing.topology import View


class Evidence(StrEnum):
    """What the reporter's own Infinispan says about the other site (`sites_view` of its container)."""

    GONE = "Gone"
    IN_VIEW = "InView"
    UNKNOWN = "Unknown"


class Verdict(StrEnum):
    """What the definition does next."""

    PROCEED = "Proceed"
    WAIT = "Wait"
    STOP = "Stop"


@dataclass(frozen=True, slots=True)
class ReporterCheck:
    """The verdict with its reason; an outcome exactly when the verdict is STOP."""

    verdict: Verdict
    reason: str
    outcome: Outcome | None = None


def read_evidence(sites_view: tuple[str, ...], reporter: str, site: str) -> Evidence:
    """Interpret the `sites_view` of the reporter's Infinispan (facts: only a relay node fills it in)."""
    if site in sites_view:
        return Evidence.IN_VIEW
    return Evidence.GONE if reporter in sites_view else Evidence.UNKNOWN


def out_of_accelerator(view: View, reporter: str, site: str) -> Outcome | None:
    """End the report of a site that serves nobody; None when it is in the accelerator."""
    if view.serves(reporter):
        return None
    if view.serves(site):
        return outcome.not_serving(reporter, site)
    return outcome.refused(
        f"neither {reporter} nor {site} is in the accelerator, so nobody is served",
        f"Decide by hand which site is to serve, and add its endpoint (README, Forcing a decision). "
        f"{reporter} says that {site} is gone.",
    )


def unfit_to_survive(view: View, reporter: str, site: str, evidence: Evidence) -> str | None:
    """Say why the reporter must not go on alone; None when it may.

    It must be HEALTHY, unless refusing would leave nobody: the other site isn't healthy anywhere either, and the
    reporter's own Infinispan positively confirms that it is gone.
    """
    health = view.health(reporter)
    if health == "HEALTHY":
        return None
    if view.any_healthy(site):
        return f"{reporter} is {health} in the accelerator, while {site} is HEALTHY"
    if evidence is not Evidence.GONE:
        return f"{reporter} is {health} in the accelerator, and its Infinispan doesn't confirm that {site} is gone"
    return None


def check_reporter(view: View, reporter: str, site: str, evidence: Evidence, *, last_check: bool) -> ReporterCheck:
    """Weigh a reporter that is in the accelerator; waits only while it isn't the last check."""
    if evidence is Evidence.IN_VIEW:
        if last_check:
            return stop(outcome.false_alarm(reporter, site, site_is_out=not view.serves(site)))
        return ReporterCheck(Verdict.WAIT, f"{reporter}'s Infinispan still sees {site}.")

    unfit = unfit_to_survive(view, reporter, site, evidence)
    if unfit is None:
        return ReporterCheck(Verdict.PROCEED, _in_favour(view, reporter, site, evidence))
    if view.health(reporter) == "INITIAL" and not last_check:
        return ReporterCheck(Verdict.WAIT, f"{unfit}; INITIAL may still become HEALTHY.")
    return stop(
        outcome.refused(
            unfit,
            f"Look at {reporter} first. If it should serve alone all the same, see README, Forcing a decision; "
            f"otherwise the next repeat of the alert checks again.",
        )
    )


def _in_favour(view: View, reporter: str, site: str, evidence: Evidence) -> str:
    said = (
        f"its Infinispan confirms that {site} is gone"
        if evidence is Evidence.GONE
        else f"its Infinispan can't tell whether {site} is gone, so the alert is believed"
    )
    health = view.health(reporter)
    return f"{reporter} is {health}, and {said}" + ("." if health == "HEALTHY" else f"; {site} isn't healthy either.")


def stop(with_outcome: Outcome) -> ReporterCheck:
    """End the execution with an outcome."""
    return ReporterCheck(Verdict.STOP, with_outcome.sentence, with_outcome)
