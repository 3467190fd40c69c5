"""Everything that can be done to a world, by name: the control API, the command line and scenarios share this list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from local.aws import inactive_functions
from local.aws.quotas import CONCURRENT_EXECUTIONS

if TYPE_CHECKING:
    from local.world.world import World

# How an argument is read from JSON or from the command line.
TYPES: Mapping[str, type[str | int]] = {
    "site": str,
    "cache": str,
    "text": str,
    "state": str,
    "seconds": int,
    "calls": int,
    "reads": int,
    "service": str,
    "rate": int,
    "functions": int,
}


@dataclass(frozen=True)
class Action:
    """`method` is World's. `help` says what it does; `done`, formatted with the arguments, that it was done.

    `defaults` has the last of the parameters that may be left out, and what they are then.
    """

    method: str
    parameters: tuple[str, ...]
    help: str
    done: str
    defaults: Mapping[str, str | int] = field(default_factory=dict)

    def completed(self, arguments: Mapping[str, Any]) -> dict[str, Any] | None:
        """The arguments with the defaults of those that are left out; None when they aren't this action's."""
        complete = {**self.defaults, **arguments}
        return complete if set(complete) == set(self.parameters) else None


ACTIONS: Mapping[str, Action] = {
    "cut": Action("cut", (), "cut the link between the sites", "The link is cut."),
    "heal": Action("heal", (), "restore the link", "The link is up. No status changes by that."),
    "kill": Action("kill", ("site",), "end a site's Infinispan; its endpoint is UNHEALTHY", "{site} is dead."),
    "restart": Action(
        "restart", ("site",), "start a site's Infinispan anew; it forgets `offline`", "{site} runs, and has forgotten."
    ),
    "restore": Action(
        "restore", ("site",), "put a site's endpoint back into its groups", "{site} is in the accelerator again."
    ),
    "take-out": Action(
        "take_out", ("site",), "remove a site's endpoint from its groups", "{site} is out of the accelerator."
    ),
    "health": Action(
        "health", ("site", "state"), "set an endpoint's health: HEALTHY, UNHEALTHY, INITIAL", "{site} is {state}."
    ),
    "lose-nlb": Action("lose_nlb", ("site",), "delete a site's load balancer", "{site}'s load balancer is gone."),
    "lose-region": Action(
        "lose_region", ("site",), "let the load balancer API of a site's region fail", "{site}'s region is lost."
    ),
    "fall-silent": Action(
        "fall_silent", ("site",), "let a site's Infinispan accept, but not answer", "{site}'s Infinispan is silent."
    ),
    "answer-again": Action("answer_again", ("site",), "end fall-silent", "{site}'s Infinispan answers again."),
    "lose-view": Action(
        "lose_view", ("site",), "let a site's Infinispan not know which sites it sees", "{site}'s view is empty."
    ),
    "refuse-cache": Action(
        "refuse_cache",
        ("site", "cache", "text"),
        "let one cache refuse to take the other site offline",
        "{cache} at {site} refuses.",
    ),
    "busy": Action(
        "busy", ("calls",), "let Global Accelerator be busy for the next calls", "The next {calls} calls will fail."
    ),
    "stale-reads": Action(
        "stale_reads", ("reads",), "let Global Accelerator show an old state", "The next {reads} reads will be stale."
    ),
    "sleep": Action(
        "sleep",
        ("seconds",),
        "let Lambda call the functions in a VPC inactive, and recover in so many seconds (90) after the first call",
        "The functions in a VPC are inactive. Each one recovers in {seconds} s after its first call.",
        {"seconds": inactive_functions.TYPICAL_RECOVERY_SECONDS},
    ),
    "wake": Action("wake", (), "end sleep", "Every function is active."),
    "throttle": Action(
        "throttle",
        ("service", "rate"),
        "let a service (globalaccelerator, elbv2, ...) answer so many calls a second in each region",
        "{service} answers {rate} calls a second.",
    ),
    "apply-quotas": Action(
        "apply_quotas",
        ("functions",),
        "let services answer as often as AWS publishes it, and so many functions (1000) run at a time",
        "AWS's published quotas hold, with {functions} functions at a time.",
        {"functions": CONCURRENT_EXECUTIONS},
    ),
    "lift-quotas": Action("lift_quotas", (), "end throttle and apply-quotas", "No quota holds."),
    "age-record": Action(
        "age_record", ("seconds",), "move the fence record's times into the past", "The record is {seconds} s older."
    ),
    "reset": Action("reset", (), "make everything as at the beginning", "The world is as at the beginning."),
}


def perform(world: World, name: str, arguments: Mapping[str, Any]) -> str:
    """Does it, and returns the sentence that says so.

    Raises:
        ValueError: there is no such action, its arguments are not these, or the world refuses one (unknown site, ...).
        LookupError: it needs a fence record, and there is none.
    """
    if name not in ACTIONS:
        raise ValueError(f"There is no action {name!r}. There are: {', '.join(ACTIONS)}.")
    action = ACTIONS[name]
    complete = action.completed(arguments)
    if complete is None:
        wanted = ", ".join(action.parameters) or "nothing"
        raise ValueError(f"{name} takes {wanted}, but got {', '.join(sorted(arguments)) or 'nothing'}.")
    typed = {parameter: _typed(parameter, value) for parameter, value in complete.items()}
    getattr(world, action.method)(**typed)
    return action.done.format(**typed)


def _typed(parameter: str, value: Any) -> str | int:
    try:
        return TYPES[parameter](value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{parameter} can't be {value!r}.") from error
