"""A counterexample, told a line a step."""

import json
from collections.abc import Iterator

from verification.model.explorer import Violation
from verification.model.replay_log import OutsideCall
from verification.model.world import SITES, WorldState


def told(violation: Violation) -> Iterator[str]:
    """Tell it."""
    shown = ""
    for number, step in enumerate(violation.steps, 1):
        actor = f"{step.who} [{step.state}] {_said(step.request)}" if step.request else step.note
        note = f": {step.note}" if step.request and step.note else ""
        end = f" => ends with {step.end.code}" if step.end and step.end.code else ""
        now = _truth(step.world)
        truth = f"   <{now}>" if now != shown else ""
        shown = now
        yield f"{number:3}. {actor}{note}{end}{truth}"
    yield f"     BROKEN: {violation.broken}"


def _said(request: OutsideCall) -> str:  # noqa: PLR0911  (one for each kind of call)
    given = json.loads(request.arguments)
    match request.service, request.operation:
        case "globalaccelerator", "list_endpoint_groups":
            return f"looks at {_short(given['ListenerArn'])}"
        case "globalaccelerator", "remove_endpoints":
            site = given["EndpointIdentifiers"][0]["EndpointId"].split("/")[-2]
            return f"removes {site} from {_short(given['EndpointGroupArn'])}"
        case "dynamodb", "get_item":
            return "reads the fence record"
        case "dynamodb", "put_item":
            item = given["Item"]
            return f"claims generation {item['generation']['N']}, {item['survivor']['S']} survives"
        case "dynamodb", "update_item":
            return f"confirms generation {given['ExpressionAttributeValues'][':generation']['N']}"
        case "infinispan", "GET":
            return f"asks {_host(given)}'s Infinispan"
        case "infinispan", "POST":
            return f"tells {_host(given)}'s Infinispan to drop {SITES.other(_host(given))}"
        case "clock", "now":
            return "reads its clock"
    return request.name


def _truth(world: WorldState) -> str:
    groups = " ".join("+".join(sites) or "nobody" for sites in world.groups)
    record = json.loads(world.record or "{}")
    decided = (
        f"generation {record['generation']['N']} {record['phase']['S']}, {record['survivor']['S']} survives"
        if record
        else "none"
    )
    dropped = [site for site, status in zip(SITES, world.status, strict=True) if status != "online"]
    drops = "".join(f"; {site} has dropped {SITES.other(site)}" for site in dropped)
    return f"serving: {groups}; record: {decided}{drops}"


def _short(arn: str) -> str:
    return arn.split("accelerator/", 1)[1]


def _host(url: str) -> str:
    return url.removeprefix("https://").split(".invalid")[0]
