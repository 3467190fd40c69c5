"""Who survives? Decided once per incident, by the first execution whose conditional write succeeds.

The rules are those of docs/decisions.md, The fence protocol; every one of them is needed there.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from fencing import outcome
from fencing.alert import Alert
from fencing.decisions.evidence import Evidence
from fencing.decisions.fitness import out_of_accelerator, why_unfit
from fencing.fence import FenceRecord, Phase, RemovedEndpoint
from fencing.outcome import Outcome
from fencing.topology import EndpointSnapshot


class Action(Enum):
    """CLAIM: write `record`, on the condition that nothing changed. RESUME: go on with it. STOP: end with `outcome`."""

    CLAIM = "claim"
    RESUME = "resume"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class ClaimRequest:
    """Who asks: the alert, what the reporter's Infinispan said, and the execution's name."""

    alert: Alert
    evidence: Evidence
    execution: str


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


def why_binding(record: FenceRecord, snapshot: EndpointSnapshot, now: datetime, hold_down: timedelta) -> str | None:
    """Say why the recorded decision still binds everybody; None when a new incident may be decided."""
    if record.phase is Phase.FENCING:
        return f"it was decided at {record.decided_at:%H:%M:%S} UTC and is being carried out"
    if not snapshot.serves(record.fenced):
        return f"{record.fenced} is still out of the accelerator"
    if record.fenced_at is None or now - record.fenced_at < hold_down:
        return f"{record.fenced} was fenced less than {hold_down.total_seconds():.0f} s ago"
    return None


def decide_claim(
    record: FenceRecord | None, snapshot: EndpointSnapshot, request: ClaimRequest, now: datetime, hold_down: timedelta
) -> ClaimDecision:
    """Decide on a strongly consistent read of the record and a fresh snapshot. Times are in UTC."""
    alert = request.alert
    if record is not None and (because := why_binding(record, snapshot, now, hold_down)):
        if (record.survivor, record.fenced) == (alert.reporter, alert.offline_site):
            return ClaimDecision(Action.RESUME, f"Resuming {record}: {because}.", record)
        return _stop(_report_put_aside(record, snapshot, because))

    if refusal := _refusal(snapshot, request):
        return _stop(refusal)
    claim = FenceRecord(
        generation=record.generation + 1 if record else 1,
        survivor=alert.reporter,
        fenced=alert.offline_site,
        phase=Phase.FENCING,
        decided_at=now,
        execution=request.execution,
        removed=tuple(
            RemovedEndpoint(
                endpoint_id=endpoint.id,
                endpoint_group_arn=group.arn,
                weight=endpoint.weight,
                client_ip_preservation=endpoint.client_ip_preservation,
            )
            for group, endpoint in snapshot.endpoints_of(alert.offline_site)
        ),
    )
    by_hand = "" if snapshot.serves(claim.fenced) else f" {claim.fenced} was taken out of the accelerator by hand."
    return ClaimDecision(Action.CLAIM, f"Claiming {claim}.{by_hand}", claim)


def _report_put_aside(record: FenceRecord, snapshot: EndpointSnapshot, because: str) -> Outcome:
    if snapshot.serves(record.survivor):
        return outcome.other_site_survives(survivor=record.survivor, reporter=record.fenced, because=because)
    return outcome.refused(
        because=f"{record.survivor} was chosen to survive ({because}), but is not in the accelerator",
        next_step=f"Put {record.survivor}'s endpoint back; or decide anew for {record.fenced} "
        f"(runbook, Forcing a decision).",
    )


def _refusal(snapshot: EndpointSnapshot, request: ClaimRequest) -> Outcome | None:
    reporter, offline_site = request.alert.reporter, request.alert.offline_site
    if ended := out_of_accelerator(snapshot, request.alert):
        return ended
    if missing := snapshot.listeners_without(reporter):
        return outcome.refused(
            because=f"{reporter} is not in the listener {' and '.join(missing)}, which would be left empty",
            next_step=f"Add {reporter}'s endpoint to every listener, or take {offline_site} out by hand.",
        )
    if unfit := why_unfit(snapshot, request.alert, request.evidence):
        return outcome.refused(
            because=unfit, next_step=f"Look at {reporter} first; the next repeat of the alert checks again."
        )
    return None


def _stop(ended: Outcome) -> ClaimDecision:
    return ClaimDecision(Action.STOP, ended.sentence, outcome=ended)
