"""What is explored, each with its bound."""

from dataclasses import dataclass, field, replace

from verification.model.world import HOLD_DOWN_SECONDS, LAYOUTS, Budget, Layout

A, B = "site-a", "site-b"


@dataclass(frozen=True)
class ModelScenario:
    """Who reports whom, in front of what, and what may go wrong how often.

    `reports` are pairs of an execution's name and its reporter.
    """

    name: str
    layout: Layout
    reports: tuple[tuple[str, str], ...]
    budget: Budget = field(default_factory=Budget)
    skews: tuple[int, ...] = (0,)
    out: str = ""
    """A site that was taken out by hand before."""
    stopped: tuple[str, ...] | None = None
    """Begin after an incident that site-a survived: site-b is restored, the hold-down has passed, and an execution of
    then stands stopped in each of these states, to be redriven."""
    operator_waits: bool = True
    """Premise: an operator acts only while no Lambda runs, and afterwards lets Global Accelerator settle."""
    excused: tuple[str, ...] = ()
    """Invariants that aren't demanded here."""

    @property
    def bound(self) -> str:
        """Say what may go wrong, and how often."""
        budget = [f"{name} {value}" for name, value in self.budget._asdict().items() if value and name != "jumps"]
        pauses = [f"pauses of {' and '.join(map(str, self.budget.jumps))} s"] if self.budget.jumps else []
        skews = [f"clocks {' or '.join(map(str, self.skews))} s fast"] if len(self.skews) > 1 else []
        old = [f"{len(self.stopped)} old executions"] if self.stopped else []
        bound = ", ".join((f"{len(self.reports)} reports", *old, *budget, *pauses, *skews))
        return bound.replace("_", " ")

    def demands(self, broken: str) -> bool:
        """Say whether something is broken that must hold here."""
        return bool(broken) and not broken.startswith(self.excused)

    @property
    def executions(self) -> int:
        """How many executions there are: of the reports, and of the past."""
        return len(self.reports) + len(self.stopped or ())


def reports(*reporters: str) -> tuple[tuple[str, str], ...]:
    """Name the executions by their reporters, numbered."""
    return tuple((f"{reporter}-reports-{number}", reporter) for number, reporter in enumerate(reporters, 1))


_ONE, _LATER = LAYOUTS["one group"], (HOLD_DOWN_SECONDS + 100,)
_FOUR = LAYOUTS["two accelerators"]

RACE = ModelScenario(
    "a race, stale reads, lost answers", _ONE, reports(A, B), Budget(crashes=1, stale_reads=3, lost_answers=1)
)
RACE_AGAIN = ModelScenario(
    "a race in a new incident", _ONE, reports(A, B), Budget(crashes=1, stale_reads=3), stopped=()
)
SECOND_INCIDENT = ModelScenario(
    "a second incident", _ONE, reports(A, B), Budget(crashes=1, stale_reads=1, restores=1, jumps=_LATER)
)
REDRIVEN = ModelScenario(
    "old executions redriven in a new incident",
    _ONE,
    reports(B),
    Budget(stale_reads=2),
    stopped=("Update the endpoint groups", "Take the site offline"),
)
EFFECTS = ModelScenario(
    "late and partial effects", _ONE, reports(A, B), Budget(crashes=1, late_effects=1, partial_effects=1)
)
HANDS = ModelScenario("an operator takes a site out", _ONE, reports(A, B), Budget(crashes=1, hands=1), excused=("I4",))
LOPSIDED = ModelScenario("a site is missing in a listener", LAYOUTS["lopsided"], reports(A, B), Budget(crashes=1))

SMALL = (
    ModelScenario("a race, stale reads, lost answers", _ONE, reports(A, B), Budget(stale_reads=2, lost_answers=1)),
    ModelScenario("a race, a crash", _ONE, reports(A, B), Budget(crashes=1)),
    ModelScenario("a race in a new incident", _ONE, reports(A, B), Budget(stale_reads=2), stopped=()),
    ModelScenario("a second incident", _ONE, reports(A, B), Budget(restores=1, jumps=_LATER)),
    REDRIVEN,
    ModelScenario("late and partial effects", _ONE, reports(A, B), Budget(late_effects=1, partial_effects=1)),
    LOPSIDED,
    ModelScenario("two accelerators", _FOUR, reports(A, B)),
)
"""The bound of the ordinary tests."""

FULL = (
    replace(RACE, budget=Budget(crashes=2, stale_reads=3, lost_answers=1)),
    ModelScenario("three reports", _ONE, reports(A, B, A), Budget(crashes=1)),
    ModelScenario("three reports, stale reads", _ONE, reports(A, B, B), Budget(stale_reads=2)),
    ModelScenario("four reports", _ONE, reports(A, B, A, B)),
    ModelScenario(
        "two listeners", LAYOUTS["two listeners"], reports(A, B), Budget(crashes=1, stale_reads=2, lost_answers=1)
    ),
    ModelScenario(
        "two regions", LAYOUTS["two regions"], reports(A, B), Budget(crashes=2, stale_reads=2, lost_answers=1)
    ),
    ModelScenario("two accelerators", _FOUR, reports(A, B), Budget(crashes=1, stale_reads=1)),
    ModelScenario("two accelerators, lost and late", _FOUR, reports(A, B), Budget(lost_answers=1, late_effects=1)),
    replace(EFFECTS, budget=Budget(crashes=2, late_effects=1, partial_effects=1, lost_answers=1)),
    ModelScenario("an invocation runs twice", _ONE, reports(A, B), Budget(crashes=1, zombies=1)),
    RACE_AGAIN,
    SECOND_INCIDENT,
    ModelScenario("a second incident, three reports", _ONE, reports(A, B, A), Budget(restores=1, jumps=_LATER)),
    replace(REDRIVEN, budget=Budget(crashes=1, stale_reads=2)),
    replace(REDRIVEN, stopped=("Claim the fence", "Update the endpoint groups", "Take the site offline")),
    ModelScenario("clocks 5 minutes apart", _ONE, reports(A, B), Budget(crashes=1, stale_reads=3), skews=(0, 300)),
    ModelScenario(
        "clocks 5 minutes apart, a second incident",
        _ONE,
        reports(A, B),
        Budget(stale_reads=1, restores=1, jumps=_LATER),
        skews=(0, 300),
    ),
    ModelScenario("a site was taken out by hand", _ONE, reports(A, B), Budget(crashes=2), out=B),
    HANDS,
    replace(LOPSIDED, budget=Budget(crashes=2, stale_reads=1)),
    ModelScenario("an Infinispan forgets", _ONE, reports(A, B, A), Budget(restarts=1)),
)
"""The bound of `make explore`."""

LIMITS = (
    replace(SECOND_INCIDENT, name="the operator restores while a Lambda runs", operator_waits=False),
    replace(HANDS, name="the operator takes a site out while a Lambda runs", operator_waits=False),
    replace(RACE, name="clocks as far apart as the hold-down", budget=Budget(stale_reads=3), skews=(-300, 300)),
)
"""Premises of the protocol: without each of them something breaks, so they are stated where operators read."""
