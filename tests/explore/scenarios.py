"""What is explored, each with its bound."""

from dataclasses import dataclass, field

from tests.explore.world import HOLD_DOWN_SECONDS, LAYOUTS, Budget, Layout

A, B = "site-a", "site-b"


@dataclass(frozen=True)
class Scenario:
    """Who reports whom, in front of what, and what may go wrong how often. `reports` are (execution's name, reporter)."""

    name: str
    layout: Layout
    reports: tuple[tuple[str, str], ...]
    budget: Budget = field(default_factory=Budget)
    skews: tuple[int, ...] = (0,)
    out: str = ""
    """A site that was taken out by hand before."""
    stopped: tuple[str, ...] | None = None
    """Begin after an incident that site-a survived: site-b is restored, the hold-down has passed, and an execution of then
    stands stopped in each of these states, to be redriven."""
    operator_waits: bool = True
    """Premise: an operator acts only while no Lambda runs, and afterwards lets Global Accelerator settle."""
    hold_down: int = HOLD_DOWN_SECONDS
    excused: tuple[str, ...] = ()
    """Invariants that aren't demanded here."""

    @property
    def executions(self) -> int:
        """How many executions there are: of the reports, and of the past."""
        return len(self.reports) + len(self.stopped or ())


def reports(*reporters: str) -> tuple[tuple[str, str], ...]:
    """Name the executions by their reporters, numbered."""
    return tuple((f"{reporter}-reports-{number}", reporter) for number, reporter in enumerate(reporters, 1))


_ONE, _LATER = LAYOUTS["one group"], (HOLD_DOWN_SECONDS + 100,)

RACE = Scenario("a race, with stale reads", _ONE, reports(A, B), Budget(crashes=1, stale_reads=3, lost_answers=1))
BETWEEN_LOOKS = Scenario(
    "late and partial effects", _ONE, reports(A, B), Budget(crashes=1, late_effects=1, partial_effects=1)
)
SECOND_INCIDENT = Scenario(
    "a second incident", _ONE, reports(A, B), Budget(crashes=1, stale_reads=1, restores=1, jumps=_LATER)
)
HANDS = Scenario("an operator takes a site out", _ONE, reports(A, B), Budget(crashes=1, hands=1), excused=("I4",))
LOPSIDED = Scenario("a site is missing in a listener", LAYOUTS["lopsided"], reports(A, B), Budget(crashes=1))

REDRIVEN = Scenario(
    "old executions in a new incident",
    _ONE,
    reports(B),
    Budget(crashes=1, stale_reads=2),
    stopped=("Claim the fence", "Update the endpoint groups", "Take the site offline"),
)
RACE_AGAIN = Scenario("a race in a new incident", _ONE, reports(A, B), Budget(crashes=1, stale_reads=3), stopped=())

SCENARIOS = (REDRIVEN, RACE_AGAIN, RACE, BETWEEN_LOOKS, SECOND_INCIDENT, HANDS, LOPSIDED)
