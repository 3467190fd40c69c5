"""What happens around the executions: by itself, by an operator's hand, and by the passing of time."""

import json
from collections.abc import Iterator

from verification.model.world import (
    HOLD_DOWN_SECONDS,
    SITES,
    Layout,
    WorldState,
    changed,
    serves,
    tidy,
    with_status,
    without,
)


def by_itself(world: WorldState, layout: Layout) -> Iterator[tuple[str, WorldState]]:
    """Yield what may happen by itself, other than that time passes."""
    left = world.left
    for number, site in world.due:
        done = without(world, number, site)._replace(due=tuple(due for due in world.due if due != (number, site)))
        yield f"the removal of {site} from {layout.groups[number].arn} takes effect", tidy(done)
    for site, status in zip(SITES, world.status, strict=True):
        if left.restarts and status != "online":
            again = with_status(world, site, "online")._replace(left=left._replace(restarts=left.restarts - 1))
            yield f"{site}'s Infinispan restarts and forgets that it dropped {SITES.other(site)}", again


def operator(world: WorldState, layout: Layout) -> Iterator[tuple[str, WorldState]]:
    """Yield what an operator may do by hand."""
    left = world.left
    if (after := _restored(world, layout)) is not None:
        yield "the operator restores the fenced site", after
    for site in SITES if left.hands and any(world.groups) else ():
        if serves(world, site):
            rest = {i: tuple(other for other in sites if other != site) for i, sites in enumerate(world.groups)}
            out = changed(world, rest)._replace(left=left._replace(hands=left.hands - 1))
            yield f"the operator takes {site} out by hand", tidy(out)


def _restored(world: WorldState, layout: Layout) -> WorldState | None:
    """Return the world after the operator has restored the fenced site; None when there is nothing to restore.

    As the runbook says: the survivor's Infinispan brings the fenced site online and pushes its state, then the
    endpoints come back.
    """
    left = world.left
    record = json.loads(world.record or "{}")
    if not left.restores or world.due or record.get("phase", {}).get("S") != "FENCED":
        return None
    if any(record["fenced"]["S"] in group for group in world.groups):
        return None
    online = world._replace(status=("online", "online"), restored=True, left=left._replace(restores=left.restores - 1))
    return tidy(incident_over(changed(online, {i: group.home_of for i, group in enumerate(layout.groups)})))


def later(world: WorldState) -> WorldState | None:
    """Return the world after the next stretch of time in which nothing runs; None when there is none left.

    By then every removal has taken effect and every read is fresh.
    """
    if not world.left.jumps:
        return None
    for number, site in world.due:
        world = without(world, number, site)
    seconds, *jumps = world.left.jumps
    settled = world._replace(
        clock=world.clock + seconds,
        before=world.groups,
        record_before=world.record,
        due=(),
        left=world.left._replace(jumps=tuple(jumps)),
    )
    return incident_over(settled)


def incident_over(world: WorldState) -> WorldState:
    """An incident is over when the operator has restored the fenced site and the hold-down has passed."""
    if world.restored and world.clock - world.fenced_at >= HOLD_DOWN_SECONDS:
        return world._replace(told=(), restored=False, fenced_at=-1)
    return world
