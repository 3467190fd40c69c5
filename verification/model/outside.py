"""How the world answers one request: as it should, and in the other ways that AWS and Infinispan don't rule out."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from verification.model.replay_log import ErrorResponse, OutsideCall, Response, canonical
from verification.model.world import SITES, Layout, WorldState, tidy, time_of, with_status, without, written

_NLB = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/net/{}/0123456789abcdef"
_CONDITION = re.compile(r"attribute_(not_)?exists\((\w+)\)|(\w+) = (:\w+)")
_CACHES = ("authenticationSessions", "sessions")


class Option(NamedTuple):
    """One way in which a request may go: what an observer notes, the world afterwards, and what the caller hears.

    `did` names the effect, if it had one.
    """

    note: str
    world: WorldState
    answer: Response | ErrorResponse
    did: str = ""


def dns_name(accelerator: str) -> str:
    """Return the accelerator's DNS name."""
    return f"a{accelerator.rsplit('/', 1)[1]}.awsglobalaccelerator.com"


def alert_of(layout: Layout, reporter: str) -> dict[str, str]:
    """Return the alert of a reporter, as the webhook hands it to the state machine."""
    return {
        "accelerator": dns_name(layout.accelerators[0]),
        "reporter": reporter,
        "site": SITES.other(reporter),
        "starts_at": "2025-11-23T03:00:00Z",
        "fingerprint": "0123456789abcdef",
    }


class Outside:
    """Answers requests about one layout. `skews` are the errors of the Lambdas' clocks, in seconds."""

    def __init__(self, layout: Layout, skews: tuple[int, ...] = (0,)) -> None:
        self.layout = layout
        self._skews = skews

    def constant(self, request: OutsideCall) -> Response | None:
        """Answer what never changes in an exploration; None for everything else.

        Such a call commutes with every other one and has no effect, so it is no scheduling point: whatever could happen
        before it can as well happen before the caller's next call.
        """
        match request.service, request.operation:
            case "globalaccelerator", "list_accelerators":
                listed = [{"AcceleratorArn": arn, "DnsName": dns_name(arn)} for arn in self.layout.accelerators]
                return Response.of({"Accelerators": listed})
            case "globalaccelerator", "list_listeners":
                listeners = self.layout.listeners(request.given()["AcceleratorArn"])
                return Response.of({"Listeners": [{"ListenerArn": arn} for arn in listeners]})
            case "elbv2", "describe_tags":
                return Response.of({"TagDescriptions": [_tagged(arn) for arn in request.given()["ResourceArns"]]})
            case "secretsmanager", "get_secret_value":
                return Response.of({"SecretString": canonical({"username": "fencing", "password": "secret"})})
            case "infinispan", "GET" if "/x-site/" not in request.arguments:
                site = _site_of_url(request.given())
                return Response.of({"local_site": site, "sites_view": [site], "relay_node": True})
        return None

    def options(self, world: WorldState, request: OutsideCall) -> tuple[Option, ...]:
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
                found = iter([Option("", world, Response.of({"status": status}))])
            case "infinispan", "POST":
                found = _take_offline(world, _site_of_url(request.given()))
            case "clock", "now":
                found = (Option(_fast(skew), world, Response.of(time_of(world.clock, skew))) for skew in self._skews)
            case _:
                raise ValueError(f"the world has no answer to {request.name}")
        return tuple(option._replace(world=tidy(option.world)) for option in found)

    def _endpoint_groups(self, world: WorldState, listener: str) -> Iterator[Option]:
        yield Option("", world, self._listed(world.groups, listener))
        stale = self._listed(world.before, listener)
        if world.left.stale_reads and stale != self._listed(world.groups, listener):
            left = world.left._replace(stale_reads=world.left.stale_reads - 1)
            yield Option("a stale read", world._replace(left=left), stale)

    def _listed(self, members: tuple[tuple[str, ...], ...], listener: str) -> Response:
        return Response.of(
            {
                "EndpointGroups": [
                    {"EndpointGroupArn": group.arn, "EndpointDescriptions": [_described(site) for site in sites]}
                    for group, sites in zip(self.layout.groups, members, strict=True)
                    if group.listener == listener
                ]
            }
        )

    def _remove_endpoint(self, world: WorldState, arguments: Any) -> Iterator[Option]:
        number = [group.arn for group in self.layout.groups].index(arguments["EndpointGroupArn"])
        (endpoint,) = arguments["EndpointIdentifiers"]
        site = _site_of_endpoint(endpoint["EndpointId"])
        removed, left = without(world, number, site), world.left
        did = "removed" if site in world.groups[number] else ""
        yield Option("", removed, Response.of({}), did)
        if not did:
            return
        if left.lost_answers:
            refused = ErrorResponse("error answer", "InvalidArgumentException", 400)
            spent = removed._replace(left=left._replace(lost_answers=left.lost_answers - 1))
            yield Option("it works, but is not heard; sent again, it is refused", spent, refused, did)
        if left.late_effects and (number, site) not in world.due:
            late = world._replace(
                due=tuple(sorted({*world.due, (number, site)})), left=left._replace(late_effects=left.late_effects - 1)
            )
            yield Option("answered, but it takes effect later", late, Response.of({}), did)


def _read_record(world: WorldState, *, consistent: bool) -> Iterator[Option]:
    yield Option("", world, Response(world.record or "{}"))
    if not consistent and world.left.stale_reads and world.record_before != world.record:
        left = world.left._replace(stale_reads=world.left.stale_reads - 1)
        yield Option("an eventually consistent read", world._replace(left=left), Response(world.record_before or "{}"))


def _write_record(world: WorldState, operation: str, arguments: Any) -> Iterator[Option]:
    values = arguments.get("ExpressionAttributeValues", {})
    failed = ErrorResponse("error answer", "ConditionalCheckFailedException", 400)
    if not condition_holds(arguments.get("ConditionExpression", ""), values, json.loads(world.record or "{}")):
        yield Option("the condition fails", world, failed)
        return
    if operation == "put_item":
        record, did = arguments["Item"], "decided"
    else:
        record, did = json.loads(world.record) | _set(arguments["UpdateExpression"], values), "confirmed"
    after = written(world, canonical(record))
    after = after._replace(fenced_at=world.clock if did == "confirmed" else world.fenced_at)
    yield Option("", after, Response.of({}), did)
    if world.left.lost_answers:
        spent = after._replace(left=world.left._replace(lost_answers=world.left.lost_answers - 1))
        again = condition_holds(arguments.get("ConditionExpression", ""), values, record)
        heard: Response | ErrorResponse = Response.of({}) if again else failed
        yield Option("it works, but is not heard; sent again, the condition fails", spent, heard, did)


def condition_holds(expression: str, values: Mapping[str, Any], item: Mapping[str, Any]) -> bool:
    """Evaluate a DynamoDB condition of `name = :value`, `attribute_exists(name)` or its contrary, AND, OR and ()."""
    if not expression:
        return True
    for operator, combine in ((" OR ", any), (" AND ", all)):
        parts = _split(expression, operator)
        if len(parts) > 1:
            return combine(condition_holds(part, values, item) for part in parts)
    if expression.startswith("("):
        return condition_holds(expression[1:-1], values, item)
    match = _CONDITION.fullmatch(expression)
    if match is None:
        raise ValueError(f"conditions like '{expression}' are not understood")
    negated, present, name, value = match.groups()
    return (present in item) != bool(negated) if present else item.get(name) == values[value]


def _split(expression: str, operator: str) -> list[str]:
    """Split where the operator stands outside of parentheses."""
    parts, start, depth = [], 0, 0
    for position, character in enumerate(expression):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth == 0 and expression.startswith(operator, position):
            parts.append(expression[start:position])
            start = position + len(operator)
    return [*parts, expression[start:]]


def _set(expression: str, values: Mapping[str, Any]) -> dict[str, Any]:
    assignments = (part.split(" = ") for part in expression.removeprefix("SET ").split(", "))
    return {name: values[value] for name, value in assignments}


def _take_offline(world: WorldState, survivor: str) -> Iterator[Option]:
    told = world._replace(told=tuple(sorted({*world.told, survivor})))
    yield Option("", with_status(told, survivor, "offline"), Response.of(dict.fromkeys(_CACHES, "ok")), "told")
    if world.left.partial_effects:
        left = world.left._replace(partial_effects=world.left.partial_effects - 1)
        said = Response.of({_CACHES[0]: "ok", _CACHES[1]: "java.util.concurrent.TimeoutException"})
        yield Option("one cache fails", with_status(told, survivor, "mixed")._replace(left=left), said, "told")


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
