"""Who survives? Decided once per incident, by the first execution whose conditional write succeeds.

The rules are those of docs/decisions.md, The fence protocol; every one of them is needed there.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from fencing import outcome
from fencing.decisions.check_reporter import Evidence, out_of_accelerator, unfit_to_survive
from fencing.fence import FenceRecord, Phase, RemovedEndpoint
from fencing.outcome import Outcome
from fencing.topology import View


class Action(Enum):
    """CLAIM: write `record`, on the condition that nothing changed. RESUME: go on with it. STOP: end with `outcome`."""

    CLAIM = "claim"
    RESUME = "resume"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class ClaimDecision:
    """What to do, and why."""

    action: Action
    reason: str
    record: FenceRecord | None = None
    outcome: Outcome | None = None

    @property
    def is_repeat(self) -> bool:
        """Whether the decision had been carried out, at least in the accelerator, before this execution came."""
        return self.action is Action.RESUME and self.record is not None and self.record.phase is Phase.FENCED


@dataclass(frozen=True, slots=True)
class Claimant:
    """Who asks: the alert's two sites, what the reporter's Infinispan said, and the execution's name."""

    reporter: str
    site: str
    evidence: Evidence
    execution: str


def open_because(record: FenceRecord, view: View, now: datetime, hold_down: timedelta) -> str | None:
    """Say why the recorded decision still binds everybody; None when a new incident may be decided."""
    if record.phase is Phase.FENCING:
        return f"it was decided at {record.decided_at:%H:%M:%S} UTC and is being carried out"
    if not view.serves(record.fenced):
        return f"{record.fenced} is still out of the accelerator"
    if record.fenced_at is None or now - record.fenced_at < hold_down:
        return f"{record.fenced} was fenced less than {hold_down.total_seconds():.0f} s ago"
    return None


def claim_fence(
    record: FenceRecord | None, view: View, claimant: Claimant, now: datetime, hold_down: timedelta
) -> ClaimDecision:
    """Decide on a strongly consistent read of the record and a fresh look at Global Accelerator. Times are in UTC."""
    if record is not None and (because := open_because(record, view, now, hold_down)):
        if (record.survivor, record.fenced) == (claimant.reporter, claimant.site):
            return ClaimDecision(Action.RESUME, f"Resuming {record}: {because}.", record)
        return _stop(_report_put_aside(record, view, because))

    if refusal := _refusal(view, claimant):
        return _stop(refusal)
    claim = FenceRecord(
        gen=record.gen + 1 if record else 1,
        survivor=claimant.reporter,
        fenced=claimant.site,
        phase=Phase.FENCING,
        decided_at=now,
        execution=claimant.execution,
        removed=tuple(
            RemovedEndpoint(endpoint.id, group.arn, endpoint.weight, endpoint.client_ip_preservation)
            for group, endpoint in view.endpoints_of(claimant.site)
        ),
    )
    by_hand = "" if view.serves(claimant.site) else f" {claimant.site} was taken out of the accelerator by hand."
    return ClaimDecision(Action.CLAIM, f"Claiming {claim}.{by_hand}", claim)


def _report_put_aside(record: FenceRecord, view: View, because: str) -> Outcome:
    if view.serves(record.survivor):
        return outcome.other_site_survives(record.survivor, record.fenced, because)
    return outcome.refused(
        f"{record.survivor} was chosen to survive ({because}), but is not in the accelerator",
        f"Put {record.survivor}'s endpoint back; or decide anew for {record.fenced} (README, Forcing a decision).",
    )


def _refusal(view: View, claimant: Claimant) -> Outcome | None:
    reporter, site = claimant.reporter, claimant.site
    if ended := out_of_accelerator(view, reporter, site):
        return ended
    if missing := view.listeners_without(reporter):
        return outcome.refused(
            f"{reporter} is not in the listener {' and '.join(missing)}, which would be left empty",
            f"Add {reporter}'s endpoint to every listener, or take {site} out by hand.",
        )
    if unfit := unfit_to_survive(view, reporter, site, claimant.evidence):
        return outcome.refused(unfit, f"Look at {reporter} first; the next repeat of the alert checks again.")
    return None


def _stop(with_outcome: Outcome) -> ClaimDecision:
    return ClaimDecision(Action.STOP, with_outcome.sentence, outcome=with_outcome)
