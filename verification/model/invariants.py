"""What must hold. Each function returns a sentence about what is wrong, or an empty string.

I1  No listener loses its last endpoint by us.
I2  Never are both Infinispans told to drop each other in one incident. An incident lasts until the operator has
    restored the fenced site and the hold-down has passed since it was fenced.
I3  Whoever remains in the accelerator is the site whose Infinispan dropped the other: while a site's Infinispan has
    dropped the other one, the other one is in no endpoint group.
I4  From any moment on, should every execution die there, the next alerts finish the job, whichever comes first,
    and one more repeat changes nothing.
I5  Refusing changes nothing: neither the invocation that refuses, nor an execution that says that nothing was changed.
R   The record says FENCED only once the fenced site is out of the accelerator, and the survivor in every listener.
O   Every execution ends with one outcome of the closed list, and what it says is true of the world at that moment.
T   Once everything has ended, somebody was told of the fence: not every execution says that it was there already.
"""

import json

from verification.model.definition import End
from verification.model.execution import Execution
from verification.model.world import SITES, Layout, WorldState, serves

_REFUSALS = ("Refused", "FalseAlarm", "OtherSiteSurvives")
_CODES = (*_REFUSALS, "Fenced", "FencedAlready", "Superseded", "NotFenced", "PartlyFenced")


def broken_by_us(before: WorldState, after: WorldState, layout: Layout) -> str:
    """Check I1, I2, I3 and R for a step of ours, or one that follows from it by itself."""
    for listener in layout.listeners():
        if members(before, layout, listener) and not members(after, layout, listener):
            return f"I1: {listener} has lost its last endpoint"
    if len(after.told) > 1:
        return "I2: in one incident, both Infinispans were told to drop each other"
    for site, status in zip(SITES, after.status, strict=True):
        if status != "online" and serves(after, SITES.other(site)):
            return f"I3: {site}'s Infinispan has dropped {SITES.other(site)}, which is in the accelerator"
    if after.fenced_at != before.fenced_at and after.fenced_at >= 0:
        survivor = json.loads(after.record)["survivor"]["S"]
        if serves(after, SITES.other(survivor)):
            return f"R: the record says FENCED, but {SITES.other(survivor)} is in the accelerator"
        if not _serves_everywhere(after, layout, survivor):
            return f"R: the record says FENCED, but {survivor} is not in every listener"
    return ""


def _serves_everywhere(world: WorldState, layout: Layout, site: str) -> bool:
    return all(site in members(world, layout, listener) for listener in layout.listeners())


def members(world: WorldState, layout: Layout, listener: str) -> set[str]:
    """Return the sites in a listener."""
    return {
        site
        for group, sites in zip(layout.groups, world.groups, strict=True)
        if group.listener == listener
        for site in sites
    }


def finished(world: WorldState, layout: Layout) -> str:
    """Say what is missing until one site is fenced completely."""
    record = json.loads(world.record or "{}")
    if not record:
        return "nothing is decided"
    survivor = record["survivor"]["S"]
    if record["phase"]["S"] != "FENCED":
        return f"the record is still {record['phase']['S']}"
    return _unfenced(world, layout, survivor)


def _undecided_for(reporter: str, survivor: str) -> str:
    return "" if reporter == survivor else f"{survivor or 'nobody'} survives"


def _unfenced(world: WorldState, layout: Layout, survivor: str) -> str:
    if missing := _not_alone(world, layout, survivor):
        return missing
    if world.status[SITES.index(survivor)] != "offline":
        return f"{survivor}'s Infinispan has not dropped {SITES.other(survivor)}"
    return ""


def _not_alone(world: WorldState, layout: Layout, survivor: str) -> str:
    fenced = SITES.other(survivor)
    if serves(world, fenced):
        return f"{fenced} is still in the accelerator"
    if not _serves_everywhere(world, layout, survivor):
        return f"{survivor} is not in every listener"
    return ""


def broken_in_outcome(execution: Execution, end: End, world: WorldState, layout: Layout) -> str:
    """Check I5 and O for an execution that has just ended."""
    if end.code not in _CODES:
        return f"O: {execution.name} ended with the outcome '{end.code}'"
    changed = execution.did if "Nothing was changed" in end.sentence else execution.does
    if changed and ("Nothing was changed" in end.sentence or end.code in _REFUSALS):
        return f"I5: {execution.name} ends with {end.code} ('{end.sentence}'), but has {' and '.join(changed)}"
    untrue = _untrue(execution, end.code, world, layout)
    return f"O: {execution.name} says '{end.sentence}', but {untrue}" if untrue else ""


def unannounced(codes: set[str], world: WorldState, layout: Layout) -> str:
    """Check T when every execution has ended."""
    if finished(world, layout) or not world.told or codes & {"Fenced", "PartlyFenced", "NotFenced"}:
        return ""
    return f"T: a site was fenced, but all that was said is {' and '.join(sorted(codes))}"


def _untrue(execution: Execution, code: str, world: WorldState, layout: Layout) -> str:  # noqa: PLR0911  (one for each code)
    record = json.loads(world.record or "{}")
    survivor = record.get("survivor", {}).get("S", "")
    match code:
        case "Fenced" if execution.reporter in world.told:
            # It was told, and said that it did; it may have been restarted since, which no check can exclude.
            return _undecided_for(execution.reporter, survivor) or _not_alone(world, layout, execution.reporter)
        case "Fenced" | "FencedAlready":
            return _undecided_for(execution.reporter, survivor) or _unfenced(world, layout, execution.reporter)
        case "OtherSiteSurvives":
            shown = (world, world._replace(groups=world.before))
            out = any(not serves(each, execution.reporter) for each in shown)
            return "" if survivor == execution.site or out else f"nothing is decided for {execution.site}"
        case "Superseded":
            fence = json.loads(execution.position.variables)["fence"]
            stands = record and (int(record["generation"]["N"]), survivor) == (fence["generation"], fence["survivor"])
            return "its decision stands" if stands else ""
        case "NotFenced":
            return f"it has {' and '.join(execution.did)}" if {"removed", "told"} & {*execution.did} else ""
        case "PartlyFenced":
            return "" if record else "nothing is decided"
    return ""
