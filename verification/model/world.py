"""The world outside the Lambdas: Global Accelerator, the fence record, two Infinispans, and a clock.

A `WorldState` is one immutable moment of it, with what only an observer knows (`told`, `over`): a `Layout` says what
never changes. `Outside` answers requests: with the one normal answer, and with those that AWS doesn't rule out.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

START = datetime(2025, 11, 23, 3, 0, tzinfo=UTC)
HOLD_DOWN_SECONDS = 600


class Sites(NamedTuple):
    """The pair."""

    first: str = "site-a"
    second: str = "site-b"

    def other(self, site: str) -> str:
        """Return the other one of the two."""
        return self.second if site == self.first else self.first


SITES = Sites()


@dataclass(frozen=True)
class Group:
    """An endpoint group, and the sites that are in it when all is well."""

    arn: str
    listener: str
    accelerator: str
    home_of: tuple[str, ...]


@dataclass(frozen=True)
class Layout:
    """The accelerators of a stack."""

    name: str
    groups: tuple[Group, ...]

    @property
    def accelerators(self) -> tuple[str, ...]:
        """ARNs."""
        return tuple(dict.fromkeys(group.accelerator for group in self.groups))

    def listeners(self, accelerator: str | None = None) -> tuple[str, ...]:
        """ARNs, of one accelerator or of all."""
        return tuple(
            dict.fromkeys(g.listener for g in self.groups if accelerator is None or g.accelerator == accelerator)
        )


def _layout(name: str, *homes: tuple[int, int, tuple[str, ...]]) -> Layout:
    """Each home is an accelerator's number, a listener's number in it, and the sites of one group of that listener."""
    groups = []
    for number, (accelerator, listener, sites) in enumerate(homes):
        accelerator_arn = f"arn:aws:globalaccelerator::123456789012:accelerator/{accelerator}"
        listener_arn = f"{accelerator_arn}/listener/{listener}"
        groups.append(Group(f"{listener_arn}/endpoint-group/{number}", listener_arn, accelerator_arn, sites))
    return Layout(name, tuple(groups))


LAYOUTS = {
    layout.name: layout
    for layout in (
        _layout("one group", (1, 1, SITES)),
        _layout("two listeners", (1, 1, SITES), (1, 2, SITES)),
        _layout("two regions", (1, 1, SITES[:1]), (1, 1, SITES[1:])),
        _layout("lopsided", (1, 1, SITES), (1, 2, SITES[1:])),
        _layout("two accelerators", (1, 1, SITES), (2, 1, SITES[:1]), (2, 1, SITES[1:]), (2, 2, SITES)),
    )
}


class Budget(NamedTuple):
    """How often each thing may still happen in one run: the bound of the exploration."""

    crashes: int = 0
    """Deaths of a Lambda at an outside call, before it or after its effect; also for ever: the retriers give up."""
    stale_reads: int = 0
    """Reads of an endpoint group that show it as it was before its last change."""
    lost_answers: int = 0
    """Writes that take effect, whose answer is lost, and which botocore sends again."""
    late_effects: int = 0
    """Removals that are answered before they take effect."""
    partial_effects: int = 0
    """take-offline that works for one cache only."""
    zombies: int = 0
    """Invocations that Step Functions gives up and retries while they still run."""
    restores: int = 0
    """Restores of the fenced site by the operator."""
    hands: int = 0
    """Times that an operator takes a site out of the accelerators by hand."""
    restarts: int = 0
    """Restarts of an Infinispan, which forgets that it dropped the other site."""
    jumps: tuple[int, ...] = ()
    """Lengths, in seconds, of times in which nothing runs: executions are stopped, and redriven or retried later."""


class WorldState(NamedTuple):
    """One moment. Tuples of endpoint groups are in the layout's order, tuples of sites in that of `SITES`."""

    clock: int
    """Seconds since `START`."""
    groups: tuple[tuple[str, ...], ...]
    """The sites that are in each endpoint group."""
    before: tuple[tuple[str, ...], ...]
    """What a stale read shows of each endpoint group."""
    record: str
    """The item of the pair of sites, in DynamoDB's JSON; empty when there is none."""
    record_before: str
    """What a read that isn't strongly consistent may show."""
    status: tuple[str, ...]
    """What each site's Infinispan says of its backups to the other site: online, mixed or offline."""
    due: tuple[tuple[int, str], ...]
    """Removals that were answered but have not taken effect: endpoint group's number, site."""
    told: tuple[str, ...]
    """Known to the observer: the sites whose Infinispan was told in this incident to drop the other one."""
    fenced_at: int
    """Known to the observer: when the record became FENCED, by a true clock; -1 when it never did."""
    restored: bool
    """Known to the observer: the operator has restored the fenced site since."""
    left: Budget


def first_moment(layout: Layout, budget: Budget, *, out: str = "") -> WorldState:
    """Both sites serve, nothing is decided, and the sites have just lost each other; `out` was taken out by hand."""
    groups = tuple(tuple(site for site in group.home_of if site != out) for group in layout.groups)
    return WorldState(0, groups, groups, "", "", ("online", "online"), (), (), -1, False, budget)


def time_of(clock: int, skew: int = 0) -> str:
    """Return the time that a clock shows which is `skew` seconds fast."""
    return (START + timedelta(seconds=clock + skew)).isoformat()


def serves(world: WorldState, site: str) -> bool:
    """Say whether the site is in any endpoint group, in truth."""
    return any(site in group for group in world.groups)


def tidy(world: WorldState) -> WorldState:
    """Forget what can't matter any more, so that equal futures are equal worlds."""
    if world.left.stale_reads == 0:
        return world._replace(before=world.groups, record_before=world.record)
    return world


def without(world: WorldState, number: int, site: str) -> WorldState:
    """Take a site out of one endpoint group."""
    if site not in world.groups[number]:
        return world
    return changed(world, {number: tuple(member for member in world.groups[number] if member != site)})


def changed(world: WorldState, groups: dict[int, tuple[str, ...]]) -> WorldState:
    """Give some endpoint groups other members; what they had is what a stale read still shows."""
    return world._replace(
        before=tuple(world.groups[i] if i in groups else shown for i, shown in enumerate(world.before)),
        groups=tuple(groups.get(i, members) for i, members in enumerate(world.groups)),
    )


def written(world: WorldState, record: str) -> WorldState:
    """Write the record."""
    return world._replace(record=record, record_before=world.record)


def with_status(world: WorldState, site: str, status: str) -> WorldState:
    """Let a site's Infinispan call its backups to the other site online, mixed or offline."""
    return world._replace(
        status=tuple(status if name == site else was for name, was in zip(SITES, world.status, strict=True))
    )
