"""Finding accelerators over all pages, looking at their endpoints, removing one."""

from __future__ import annotations

import boto3
import pytest

from fencing.adapters.aws import CLIENT_CONFIG
from fencing.adapters.global_accelerator import GlobalAccelerator
from fencing.errors import AcceleratorNotFound, AcceleratorUnavailable, AccessDenied, RequestRefused
from fencing.topology import Endpoint, Topology, View
from local.aws import InProcessAws, globalaccelerator
from tests.unit.adapters.failing_clients import answer, error
from tests.unit.aws_resources import edge
from tests.unit.builders import DNS_NAME

SECOND_NAME = "a1111111111111111.awsglobalaccelerator.com"

pytestmark = pytest.mark.usefixtures("aws")


def look(*dns_names: str) -> View:
    accelerators = GlobalAccelerator()
    return accelerators.look(Topology(accelerators.find(dns_names or (DNS_NAME,)), {}))


def endpoints(view: View) -> list[list[Endpoint]]:
    return [list(group.endpoints) for group in view.groups]


def test_an_accelerator_is_found_on_any_page() -> None:
    for number in range(100):
        globalaccelerator.backend().create_accelerator(f"unrelated-{number}")
    edge()
    (found,) = GlobalAccelerator().find([DNS_NAME])
    assert found.dns_names == (DNS_NAME,)


@pytest.mark.parametrize("name", [f"{DNS_NAME.upper()}.", DNS_NAME.replace(".", ".dualstack.", 1)])
def test_an_accelerator_is_found_by_any_of_its_names(name: str) -> None:
    edge()
    arn = boto3.client("globalaccelerator").list_accelerators()["Accelerators"][0]["AcceleratorArn"]
    boto3.client("globalaccelerator").update_accelerator(AcceleratorArn=arn, IpAddressType="DUAL_STACK")
    (found,) = GlobalAccelerator().find([name, DNS_NAME])
    assert (found.arn, set(found.dns_names)) == (arn, {DNS_NAME, DNS_NAME.replace(".", ".dualstack.", 1)})


def test_a_name_that_no_accelerator_has_is_named() -> None:
    edge(accelerators_in_account=12)
    with pytest.raises(AcceleratorNotFound, match=rf"{SECOND_NAME} \(12 accelerators were looked at\)"):
        GlobalAccelerator().find([DNS_NAME, SECOND_NAME])


def test_by_arn_nothing_is_listed() -> None:
    edge()
    client = boto3.client("globalaccelerator", config=CLIENT_CONFIG)
    arn = client.list_accelerators()["Accelerators"][0]["AcceleratorArn"]
    answer(client, "ListAccelerators", error("AccessDeniedException"))
    (found,) = GlobalAccelerator(client).describe([arn, arn])
    assert (found.arn, str(found)) == (arn, DNS_NAME)
    with pytest.raises(AcceleratorNotFound, match="There is no accelerator"):
        GlobalAccelerator(client).describe([arn, f"{arn[:-1]}x"])


def test_the_view_holds_every_listener_and_region_of_every_accelerator() -> None:
    edge(
        sites={"site-a": {"region": "eu-west-1", "weight": 100}, "site-b": {"region": "eu-central-1"}},
        accelerators_in_account=2,
        accelerators=[
            {"position": 1, "listeners": [{"port": 443}, {"port": 8443, "sites": ["site-a"]}]},
            {"position": 2, "dns_name": SECOND_NAME},
        ],
    )
    seen = look(DNS_NAME, SECOND_NAME)
    assert len(seen.groups) == 5
    assert len({group.listener_arn for group in seen.groups}) == 3
    assert sorted(end.weight for group in seen.groups for end in group.endpoints) == [100, 100, 100, 128, 128]


def test_the_view_says_what_global_accelerator_says_of_each_endpoint() -> None:
    world = edge()
    world.set_health("site-b", "UNHEALTHY")
    ((first, second),) = endpoints(look())
    assert (first.health, second.health) == ("HEALTHY", "UNHEALTHY")
    assert (first.weight, first.client_ip_preservation) == (128, False)


def test_removing_leaves_the_other_endpoint_as_it_was() -> None:
    edge(sites={"site-a": {"weight": 7}, "site-b": {}})
    seen = look()
    (group,), ((first, second),) = seen.groups, endpoints(seen)
    GlobalAccelerator().remove_endpoint(group.arn, second)
    assert endpoints(look()) == [[first]]


def test_a_busy_accelerator_is_waited_for_once_then_left_to_the_definition() -> None:
    edge()
    (group,) = look().groups
    globalaccelerator.backend().busy(calls=1)
    GlobalAccelerator().remove_endpoint(group.arn, group.endpoints[0])
    globalaccelerator.backend().busy(calls=2)
    with pytest.raises(AcceleratorUnavailable, match="TransactionInProgressException"):
        GlobalAccelerator().remove_endpoint(group.arn, group.endpoints[1])
    assert endpoints(look()) == [[group.endpoints[1]]]


@pytest.mark.parametrize(
    ("code", "raised"),
    [
        ("AccessDeniedException", AccessDenied),
        ("InternalServiceErrorException", AcceleratorUnavailable),
        ("InvalidArgumentException", RequestRefused),
    ],
)
def test_every_call_speaks_our_errors(code: str, raised: type[Exception]) -> None:
    edge()
    client = boto3.client("globalaccelerator", config=CLIENT_CONFIG)
    accelerators = GlobalAccelerator(client)
    (found,) = accelerators.find([DNS_NAME])
    (group,) = accelerators.look(Topology((found,), {})).groups
    for operation in ("ListAccelerators", "DescribeAccelerator", "ListListeners", "RemoveEndpoints"):
        answer(client, operation, error(code))
    with pytest.raises(raised):
        accelerators.find([DNS_NAME])
    with pytest.raises(raised):
        accelerators.describe([found.arn])
    with pytest.raises(raised):
        accelerators.look(Topology((found,), {}))
    with pytest.raises(raised):
        accelerators.remove_endpoint(group.arn, group.endpoints[0])


def test_the_control_plane_is_asked_in_us_west_2_wherever_the_stack_is(
    aws: InProcessAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    edge()
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    assert look().groups
