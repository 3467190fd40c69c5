"""How the world answers one request: as it should, and in the other ways that AWS and Infinispan don't rule out."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from tests.explore.conversation import Answer, Failure, Request, canonical
from tests.explore.world import HOLD_DOWN_SECONDS, SITES, Layout, World, changed, serves, time_of, tidy, without, written

_NLB = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/net/{}/0123456789abcdef"
_CONDITION = re.compile(r"attribute_(not_)?exists\((\w+)\)|(\w+) = (:\w+)")
_CACHES = ("authenticationSessions", "sessions")


class Option(NamedTuple):
    """One way in which a request may go: what an observer notes, the world afterwards, and what the caller hears.

    `did` names the effect, if it had one.
    """

    note: str
    world: World
    answer: Answer | Failure
    did: str = ""


def dns_name(accelerator: str) -> str:
    """Return the accelerator's DNS name."""
    return f"a{accelerator.rsplit('/', 1)[1]}.awsglobalaccelerator.com"


class Outside:
    """Answers requests about one layout. `skews` are the errors of the Lambdas' clocks, in seconds."""

    def __init__(self, layout: Layout, skews: tuple[int, ...] = (0,)) -> None:
        self.layout = layout
        self._skews = skews

    def constant(self, request: Request) -> Answer | None:
        """Answer what never changes in an exploration; None for everything else.

        Such a call commutes with every other one and has no effect, so it is no scheduling point: whatever could happen
        before it can as well happen before the caller's next call.
        """
        match request.service, request.operation:
            case "globalaccelerator", "list_accelerators":
                listed = [{"AcceleratorArn": arn, "DnsName": dns_name(arn)} for arn in self.layout.accelerators]
                return Answer.of({"Accelerators": listed})
            case "globalaccelerator", "list_listeners":
                listeners = self.layout.listeners(request.given()["AcceleratorArn"])
                return Answer.of({"Listeners": [{"ListenerArn": arn} for arn in listeners]})
            case "elbv2", "describe_tags":
                return Answer.of({"TagDescriptions": [_tagged(arn) for arn in request.given()["ResourceArns"]]})
            case "secretsmanager", "get_secret_value":
                return Answer.of({"SecretString": canonical({"username": "fencing", "password": "secret"})})
            case "infinispan", "GET" if "/x-site/" not in request.arguments:
                site = _site_of_url(request.given())
                return Answer.of({"local_site": site, "sites_view": [site], "relay_node": True})
        return None

    def options(self, world: World, request: Request) -> tuple[Option, ...]:
        """Return every way in which the request may go now; the normal one first."""
        if (constant := self.constant(request)) is not None:
            return (Option("", world, constant),)
        match request.service, request.operation:
            case "globalaccelerator", "list_endpoint_groups":
                found = self._endpoint_groups(world, request.given()["ListenerArn"])
            case "globalaccelerator", "remove_endpoints":
                found = self._remove_endpoint(world, request.given())
            case "dynamodb", "get_item":
                found = _read_record(world, consistent=request.given()["ConsistentRead"])
            case "dynamodb", "put_item" | "update_item":
                found = _write_record(world, request.operation, request.given())
            case "infinispan", "GET":
                status = world.status[SITES.index(_site_of_url(request.given()))]
                found = iter([Option("", world, Answer.of({"status": status}))])
            case "infinispan", "POST":
                found = _take_offline(world, _site_of_url(request.given()))
            case "clock", "now":
                found = (Option(_fast(skew), world, Answer.of(time_of(world.clock, skew))) for skew in self._skews)
            case _:
                raise ValueError(f"the world has no answer to {request.name}")
        return tuple(option._replace(world=tidy(option.world)) for option in found)

    def _endpoint_groups(self, world: World, listener: str) -> Iterator[Option]:
        yield Option("", world, self._listed(world.groups, listener))
        stale = self._listed(world.before, listener)
        if world.left.stale_reads and stale != self._listed(world.groups, listener):
            left = world.left._replace(stale_reads=world.left.stale_reads - 1)
            yield Option("a stale read", world._replace(left=left), stale)

    def _listed(self, members: tuple[tuple[str, ...], ...], listener: str) -> Answer:
        return Answer.of(
            {
                "EndpointGroups": [
                    {"EndpointGroupArn": group.arn, "EndpointDescriptions": [_described(site) for site in sites]}
                    for group, sites in zip(self.layout.groups, members, strict=True)
                    if group.listener == listener
                ]
            }
        )

    def _remove_endpoint(self, world: World, arguments: Any) -> Iterator[Option]:
        number = [group.arn for group in self.layout.groups].index(arguments["EndpointGroupArn"])
        (endpoint,) = arguments["EndpointIdentifiers"]
        site = _site_of_endpoint(endpoint["EndpointId"])
        removed, left = without(world, number, site), world.left
        did = "removed" if site in world.groups[number] else ""
        yield Option("", removed, Answer.of({}), did)
        if not did:
            return
        if left.lost_answers:
            refused = Failure("error answer", "InvalidArgumentException", 400)
            spent = removed._replace(left=left._replace(lost_answers=left.lost_answers - 1))
            yield Option("it works, but is not heard; sent again, it is refused", spent, refused, did)
        if left.late_effects and (number, site) not in world.due:
            late = world._replace(
                due=tuple(sorted({*world.due, (number, site)})), left=left._replace(late_effects=left.late_effects - 1)
            )
            yield Option("answered, but it takes effect later", late, Answer.of({}), did)


def _read_record(world: World, *, consistent: bool) -> Iterator[Option]:
    yield Option("", world, Answer(world.record or "{}"))
    if not consistent and world.left.stale_reads and world.record_before != world.record:
        left = world.left._replace(stale_reads=world.left.stale_reads - 1)
        yield Option("an eventually consistent read", world._replace(left=left), Answer(world.record_before or "{}"))


def _write_record(world: World, operation: str, arguments: Any) -> Iterator[Option]:
    values = arguments.get("ExpressionAttributeValues", {})
    failed = Failure("error answer", "ConditionalCheckFailedException", 400)
    if not condition_holds(arguments.get("ConditionExpression", ""), values, json.loads(world.record or "{}")):
        yield Option("the condition fails", world, failed)
        return
    if operation == "put_item":
        record, did = arguments["Item"], "decided"
    else:
        record, did = json.loads(world.record) | _set(arguments["UpdateExpression"], values), "confirmed"
    after = written(world, canonical(record))
    after = after._replace(fenced_at=world.clock if did == "confirmed" else world.fenced_at)
    yield Option("", after, Answer.of({}), did)
    if world.left.lost_answers:
        spent = after._replace(left=world.left._replace(lost_answers=world.left.lost_answers - 1))
        again = condition_holds(arguments.get("ConditionExpression", ""), values, record)
        heard: Answer | Failure = Answer.of({}) if again else failed
        yield Option("it works, but is not heard; sent again, the condition fails", spent, heard, did)


def condition_holds(expression: str, values: Mapping[str, Any], item: Mapping[str, Any]) -> bool:
    """Evaluate a DynamoDB condition: terms `name = :value` and `attribute_exists(name)` or its contrary, joined by AND."""
    for term in expression.split(" AND ") if expression else ():
        match = _CONDITION.fullmatch(term)
        if match is None:
            raise ValueError(f"conditions like '{term}' are not understood")
        negated, present, name, value = match.groups()
        holds = (present in item) != bool(negated) if present else item.get(name) == values[value]
        if not holds:
            return False
    return True


def _set(expression: str, values: Mapping[str, Any]) -> dict[str, Any]:
    assignments = (part.split(" = ") for part in expression.removeprefix("SET ").split(", "))
    return {name: values[value] for name, value in assignments}


def _take_offline(world: World, survivor: str) -> Iterator[Option]:
    told = world._replace(told=tuple(sorted({*world.told, survivor})))
    yield Option("", _with_status(told, survivor, "offline"), Answer.of(dict.fromkeys(_CACHES, "ok")), "told")
    if world.left.partial_effects:
        left = world.left._replace(partial_effects=world.left.partial_effects - 1)
        said = Answer.of({_CACHES[0]: "ok", _CACHES[1]: "java.util.concurrent.TimeoutException"})
        yield Option("one cache fails", _with_status(told, survivor, "mixed")._replace(left=left), said, "told")


def _with_status(world: World, site: str, status: str) -> World:
    return world._replace(
        status=tuple(status if name == site else was for name, was in zip(SITES, world.status, strict=True))
    )


def _described(site: str) -> dict[str, Any]:
    return {
        "EndpointId": _NLB.format(site),
        "Weight": 128,
        "HealthState": "HEALTHY",
        "ClientIPPreservationEnabled": False,
    }


def _tagged(arn: str) -> dict[str, Any]:
    return {"ResourceArn": arn, "Tags": [{"Key": "site", "Value": _site_of_endpoint(arn)}]}


def _site_of_endpoint(arn: str) -> str:
    return arn.split("/")[-2]


def _site_of_url(url: str) -> str:
    return url.removeprefix("https://").split(".invalid")[0]


def _fast(skew: int) -> str:
    return f"by a clock {abs(skew)} s {'fast' if skew > 0 else 'slow'}" if skew else ""


def environment(world: World, layout: Layout) -> Iterator[tuple[str, World]]:
    """Yield what may happen by itself, other than that time passes."""
    left = world.left
    for number, site in world.due:
        done = without(world, number, site)._replace(due=tuple(due for due in world.due if due != (number, site)))
        yield f"the removal of {site} from {layout.groups[number].arn} takes effect", tidy(done)
    for site, status in zip(SITES, world.status, strict=True):
        if left.restarts and status != "online":
            again = _with_status(world, site, "online")._replace(left=left._replace(restarts=left.restarts - 1))
            yield f"{site}'s Infinispan restarts and forgets that it dropped {SITES.other(site)}", again


def operator(world: World, layout: Layout) -> Iterator[tuple[str, World]]:
    """Yield what an operator may do by hand."""
    left = world.left
    if (after := _restored(world, layout)) is not None:
        yield "the operator restores the fenced site", after
    for site in SITES if left.hands and any(world.groups) else ():
        if serves(world, site):
            rest = {i: tuple(other for other in sites if other != site) for i, sites in enumerate(world.groups)}
            out = changed(world, rest)._replace(left=left._replace(hands=left.hands - 1))
            yield f"the operator takes {site} out by hand", tidy(out)


def _restored(world: World, layout: Layout) -> World | None:
    """Return the world after the operator has restored the fenced site; None when there is nothing to restore.

    As the README says: the survivor's Infinispan brings the fenced site online and pushes its state, then the endpoints
    come back.
    """
    left = world.left
    record = json.loads(world.record or "{}")
    if not left.restores or world.due or record.get("phase", {}).get("S") != "FENCED":
        return None
    if any(record["fenced"]["S"] in group for group in world.groups):
        return None
    online = world._replace(status=("online", "online"), restored=True, left=left._replace(restores=left.restores - 1))
    return tidy(incident_over(changed(online, {i: group.home_of for i, group in enumerate(layout.groups)})))


def later(world: World) -> World | None:
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


def incident_over(world: World) -> World:
    """An incident is over when the operator has restored the fenced site and the hold-down has passed."""
    if world.restored and world.clock - world.fenced_at >= HOLD_DOWN_SECONDS:
        return world._replace(told=(), restored=False, fenced_at=-1)
    return world
