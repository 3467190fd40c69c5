"""What AWS doesn't say of Global Accelerator, and the fence relies on: how stale, how busy, how patient it is."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.aws.surroundings.deployed import HEALTHY_SECONDS, SITES, Surroundings

pytestmark = pytest.mark.aws

# What the definition gives a removal to show: five looks in each of six tries. The record's premise is far longer.
GONE_SECONDS = 30.0
LOOKS = 60
BUSY = "TransactionInProgressException"
# What one step reads of a stack with five accelerators, three times over, without botocore's retries.
READS_OF_A_STEP = 30
ONE_TRY = Config(retries={"total_max_attempts": 1})
# As the functions' clients are configured.
AS_THE_FUNCTIONS = Config(connect_timeout=2, read_timeout=4, retries={"mode": "standard", "total_max_attempts": 2})


@pytest.fixture(autouse=True)
def _both_serve(surroundings: Surroundings) -> Iterator[None]:
    yield
    add(surroundings, *(site for site in SITES if site not in surroundings.endpoints()))
    surroundings.wait_until_healthy()


def remove(surroundings: Surroundings, site: str) -> str:
    """The error code that AWS answers; "none" when it takes the call."""
    client = surroundings.account.client("globalaccelerator", config=AS_THE_FUNCTIONS)
    identifiers = [{"EndpointId": surroundings.load_balancer(site), "ClientIPPreservationEnabled": False}]
    try:
        client.remove_endpoints(EndpointGroupArn=surroundings.endpoint_group, EndpointIdentifiers=identifiers)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "none"


def remove_when_idle(surroundings: Surroundings, site: str) -> str:
    """The same once no other change is under way, as the definition's retriers wait for it."""
    return surroundings.account.eventually(lambda: remove(surroundings, site), lambda code: code != BUSY, GONE_SECONDS)


def add(surroundings: Surroundings, *sites: str) -> None:
    weights = {"site-a": 100, "site-b": 200}
    configurations = [
        {"EndpointId": surroundings.load_balancer(site), "Weight": weights[site], "ClientIPPreservationEnabled": False}
        for site in sites
    ]
    if configurations:
        surroundings.account.client("globalaccelerator").add_endpoints(
            EndpointGroupArn=surroundings.endpoint_group, EndpointConfigurations=configurations
        )


def test_a_removed_endpoint_is_gone_soon_and_stays_gone(surroundings: Surroundings):
    """Reads may be stale; that one that shows the removal is followed by one that doesn't isn't expected."""
    assert remove_when_idle(surroundings, "site-b") == "none"
    began = time.monotonic()
    surroundings.account.eventually(surroundings.endpoints, lambda seen: "site-b" not in seen, GONE_SECONDS, every=0.5)
    print(f"gone after {time.monotonic() - began:.1f} s")
    for _ in range(LOOKS):
        assert list(surroundings.endpoints()) == ["site-a"]
        surroundings.account.pause(0.5)


def test_removing_an_absent_endpoint_harms_nobody(surroundings: Surroundings):
    """Either answer is taken: the function looks whether the endpoint is gone."""
    assert remove_when_idle(surroundings, "site-b") == "none"
    surroundings.account.eventually(surroundings.endpoints, lambda seen: "site-b" not in seen, GONE_SECONDS)
    code = remove_when_idle(surroundings, "site-b")
    print(f"AWS answers {code}")
    assert code in ("none", "InvalidArgumentException", "EndpointNotFoundException")
    assert list(surroundings.endpoints()) == ["site-a"]


def test_simultaneous_removals_end_as_one(surroundings: Surroundings):
    """Two executions for the same decision. Whom AWS turns away it tells so by the one error that is retried."""
    with ThreadPoolExecutor() as pool:
        codes = [*pool.map(lambda _: remove(surroundings, "site-b"), range(2))]
    print(f"AWS answers {codes}")
    assert "none" in codes
    assert set(codes) <= {"none", BUSY, "InvalidArgumentException"}
    surroundings.account.eventually(surroundings.endpoints, lambda seen: list(seen) == ["site-a"], GONE_SECONDS)


def test_a_change_is_taken_while_another_one_is_deployed(surroundings: Surroundings):
    """The accelerator is IN_PROGRESS for minutes after a change; a fence must not have to wait for it."""
    assert remove_when_idle(surroundings, "site-b") == "none"
    add(surroundings, "site-b")
    assert remove_when_idle(surroundings, "site-b") == "none"


def test_what_a_step_reads_is_not_throttled(surroundings: Surroundings):
    client = surroundings.account.client("globalaccelerator", config=ONE_TRY)
    listener = surroundings.endpoint_group.partition("/endpoint-group/")[0]
    for _ in range(READS_OF_A_STEP):
        client.list_listeners(AcceleratorArn=surroundings.endpoint_group.partition("/listener/")[0])
        client.list_endpoint_groups(ListenerArn=listener)


def test_an_added_endpoint_is_initial_before_it_is_healthy(surroundings: Surroundings):
    """INITIAL is waited for; UNHEALTHY in between would be taken for a reason to refuse."""
    assert remove_when_idle(surroundings, "site-b") == "none"
    surroundings.account.eventually(surroundings.endpoints, lambda seen: "site-b" not in seen, GONE_SECONDS)
    add(surroundings, "site-b")
    seen: list[Any] = []

    def look() -> str | None:
        seen.append(surroundings.health().get("site-b"))
        return seen[-1]

    began = time.monotonic()
    surroundings.account.eventually(look, lambda health: health == "HEALTHY", HEALTHY_SECONDS, every=1)
    print(f"healthy after {time.monotonic() - began:.0f} s, by way of {list(dict.fromkeys(seen))}")
    assert set(seen) <= {None, "INITIAL", "HEALTHY"}


@pytest.mark.only_on_aws("the health of the local AWS's endpoints is a switch of its world")
def test_an_endpoint_without_a_healthy_target_is_unhealthy(surroundings: Surroundings):
    client, group = surroundings.account.client("elbv2"), surroundings.outputs["TargetGroupOfSiteB"]
    targets = [{"Id": surroundings.outputs["TargetId"]}]
    client.deregister_targets(TargetGroupArn=group, Targets=targets)
    began = time.monotonic()
    try:
        surroundings.account.eventually(
            surroundings.health, lambda seen: seen["site-b"] == "UNHEALTHY", HEALTHY_SECONDS
        )
        print(f"unhealthy after {time.monotonic() - began:.0f} s")
    finally:
        client.register_targets(TargetGroupArn=group, Targets=targets)


def test_load_balancers_of_another_region_are_refused(surroundings: Surroundings):
    """Each is asked for in its own region; a probe shows the other limits of DescribeTags."""
    elsewhere = surroundings.account.client("elbv2", "eu-west-1")
    with pytest.raises(ClientError, match="is not a valid load balancer ARN"):
        elsewhere.describe_tags(ResourceArns=[surroundings.load_balancer("site-a")])
