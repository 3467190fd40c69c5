"""Is it true what the reporter says, and may it survive?"""

from dataclasses import dataclass
from enum import StrEnum

from fencing import outcome
from fencing.alert import Alert
from fencing.decisions.evidence import Evidence
from fencing.decisions.fitness import why_unfit
from fencing.outcome import Outcome
from fencing.topology import EndpointSnapshot


class Verdict(StrEnum):
    """What the definition does next."""

    PROCEED = "Proceed"
    WAIT = "Wait"
    STOP = "Stop"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict with its reason and the evidence that it rests on; an outcome exactly when the verdict is STOP."""

    verdict: Verdict
    evidence: Evidence
    reason: str
    outcome: Outcome | None = None

    @classmethod
    def stop(cls, ended: Outcome, evidence: Evidence) -> "Judgement":
        """End the execution with an outcome."""
        return cls(Verdict.STOP, evidence, ended.sentence, ended)


def judge_report(snapshot: EndpointSnapshot, alert: Alert, evidence: Evidence, *, last_check: bool) -> Judgement:
    """Judge the report of a site that is in the accelerator; waits only while it isn't the last check."""
    reporter, offline_site = alert.reporter, alert.offline_site
    if evidence is Evidence.IN_VIEW:
        if last_check:
            is_out = not snapshot.serves(offline_site)
            ended = outcome.false_alarm(reporter=reporter, offline_site=offline_site, is_out=is_out)
            return Judgement.stop(ended, evidence)
        return Judgement(Verdict.WAIT, evidence, f"{reporter}'s Infinispan still sees {offline_site}.")

    unfit = why_unfit(snapshot, alert, evidence)
    if unfit is None:
        return Judgement(Verdict.PROCEED, evidence, _in_favour(snapshot, alert, evidence))
    if snapshot.health(reporter) == "INITIAL" and not last_check:
        return Judgement(Verdict.WAIT, evidence, f"{unfit}; INITIAL may still become HEALTHY.")
    ended = outcome.refused(
        because=unfit,
        next_step=f"Look at {reporter} first. If it should serve alone all the same, see runbook, Forcing a decision; "
        f"otherwise the next repeat of the alert checks again.",
    )
    return Judgement.stop(ended, evidence)


def _in_favour(snapshot: EndpointSnapshot, alert: Alert, evidence: Evidence) -> str:
    confirmed = (
        f"its Infinispan confirms that {alert.offline_site} is gone"
        if evidence is Evidence.GONE
        else f"its Infinispan can't tell whether {alert.offline_site} is gone, so the alert is believed"
    )
    health = snapshot.health(alert.reporter)
    also = "" if health == "HEALTHY" else f"; {alert.offline_site} isn't healthy either"
    return f"{alert.reporter} is {health}, and {confirmed}{also}."
