"""How an execution ended: a code from a closed list, one sentence, and what to do next.

The execution's output, its log lines, the SNS message, the EventBridge event and the tests share the sentence. The
outcomes of errors (`NotFenced`, `PartlyFenced`, and `Refused` for a known reason) are put together by the definition,
which must be able to tell them when no Lambda runs.
"""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class OutcomeCode(StrEnum):
    """Every way in which an execution ends. The first five SUCCEED, the others FAIL: somebody must look."""

    FENCED = "Fenced"
    FENCED_ALREADY = "FencedAlready"
    OTHER_SITE_SURVIVES = "OtherSiteSurvives"
    FALSE_ALARM = "FalseAlarm"
    SUPERSEDED = "Superseded"
    REFUSED = "Refused"
    NOT_FENCED = "NotFenced"
    PARTLY_FENCED = "PartlyFenced"


SUCCEEDING = frozenset(
    {
        OutcomeCode.FENCED,
        OutcomeCode.FENCED_ALREADY,
        OutcomeCode.OTHER_SITE_SURVIVES,
        OutcomeCode.FALSE_ALARM,
        OutcomeCode.SUPERSEDED,
    }
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`sentence` says what was done and why; `next_step` what the operator does now."""

    code: OutcomeCode
    sentence: str
    next_step: str

    def to_state(self) -> dict[str, Any]:
        """Give the outcome as state data of the definition."""
        return asdict(self)


def fenced(*, survivor: str, fenced_site: str, accelerators: str) -> Outcome:
    """The work is done, by this execution."""
    return Outcome(
        OutcomeCode.FENCED,
        f"Fenced {fenced_site}: {survivor} alone serves {accelerators}; its Infinispan dropped {fenced_site}.",
        f"Users can log in again. Find out what happened to {fenced_site}; before it returns, its data must be "
        f"replaced by {survivor}'s (runbook, Restoring a site).",
    )


def fenced_already(*, survivor: str, fenced_site: str, accelerators: str) -> Outcome:
    """Everything was found as it should be, and nothing was changed."""
    return Outcome(
        OutcomeCode.FENCED_ALREADY,
        f"{fenced_site} was fenced already: {survivor} alone serves {accelerators}; "
        f"its Infinispan has dropped {fenced_site}.",
        f"Nothing new: the alert repeats until {fenced_site} is restored.",
    )


def other_site_survives(*, survivor: str, reporter: str, because: str) -> Outcome:
    """The reporter isn't the one who goes on. Nothing is changed."""
    return Outcome(
        OutcomeCode.OTHER_SITE_SURVIVES,
        f"{survivor} survives, so {reporter}'s report about it was put aside: {because}.",
        _not_promoted(survivor=survivor, reporter=reporter),
    )


def not_serving(*, reporter: str, offline_site: str) -> Outcome:
    """The reporter was fenced, or taken out by hand, before. Nothing is changed."""
    return Outcome(
        OutcomeCode.OTHER_SITE_SURVIVES,
        f"{offline_site} serves and {reporter} does not, so {reporter}'s report about {offline_site} was put aside: "
        f"{reporter} is not in the accelerator.",
        _not_promoted(survivor=offline_site, reporter=reporter),
    )


def held_down(*, fenced_site: str, fenced_at: str) -> Outcome:
    """The fenced site is listed again before the hold-down has passed. It is left where it is."""
    return Outcome(
        OutcomeCode.REFUSED,
        f"Refused: {fenced_site} is back in the accelerator so soon after it was fenced (at {fenced_at}) that this may "
        f"be the same incident. It was left there.",
        f"If {fenced_site} was restored and is gone again: the repeat of the alert after the hold-down fences it; "
        f"sooner only by hand (runbook, Forcing a decision).",
    )


def false_alarm(*, reporter: str, offline_site: str, is_out: bool) -> Outcome:
    """The reporter's own Infinispan contradicts the alert. Nothing is changed. `is_out`: of the accelerator."""
    return Outcome(
        OutcomeCode.FALSE_ALARM,
        f"False alarm: {reporter}'s Infinispan sees {offline_site}. Nothing was changed.",
        f"{offline_site} is still out of the accelerator: restore it once its data is {reporter}'s "
        f"(runbook, Restoring a site)."
        if is_out
        else "Nothing. If this repeats, look at the alert's expression and the connection between the sites.",
    )


def superseded(generation: int, by: str) -> Outcome:
    """The decision that this execution worked for no longer stands."""
    return Outcome(
        OutcomeCode.SUPERSEDED,
        f"Stopped: the decision of generation {generation} no longer stands; {by}.",
        "Nothing: the newer decision has an execution of its own.",
    )


def refused(*, because: str, next_step: str) -> Outcome:
    """The evidence or the state of the world forbids to act. Nothing is changed."""
    return Outcome(OutcomeCode.REFUSED, f"Refused: {because}. Nothing was changed.", next_step)


def _not_promoted(*, survivor: str, reporter: str) -> str:
    return (
        f"Nothing for {reporter}'s sake. If {survivor} is in fact dead, {reporter} is not promoted by itself, for its "
        f"data may be stale: see runbook, Forcing a decision."
    )
