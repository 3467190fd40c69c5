"""The `site` tags of load balancers, each asked for in its own region."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ConnectTimeoutError

from fencing.adapters.aws import CLIENT_CONFIG
from fencing.adapters.load_balancer_tags import LoadBalancerTags
from fencing.errors import AccessDenied, RequestRefused, SitesNotIdentified
from fencing.topology import UnreadableTag
from local.aws.load_balancers import lose_region
from tests.unit.adapters.failing_clients import Answer, answer, query_error
from tests.unit.aws_resources import load_balancer

GONE_ARN = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/net/gone/0123456789abcdef"

pytestmark = pytest.mark.usefixtures("aws")


def test_each_load_balancer_is_asked_for_in_its_own_region() -> None:
    in_ireland, in_frankfurt = load_balancer("a", site="site-a"), load_balancer("b", "eu-central-1", site="site-b")
    assert LoadBalancerTags().site_tags([in_ireland, in_frankfurt]) == {in_ireland: "site-a", in_frankfurt: "site-b"}


def test_a_load_balancer_without_the_tag_has_none() -> None:
    untagged, other_case = load_balancer("a"), load_balancer("b", Site="site-b")
    assert LoadBalancerTags().site_tags([untagged, other_case]) == {untagged: None, other_case: None}


def test_more_load_balancers_than_one_call_takes_are_all_read() -> None:
    arns = {load_balancer(f"nlb-{number}", site=f"site-{number}"): f"site-{number}" for number in range(21)}
    assert LoadBalancerTags().site_tags(arns) == arns


def test_one_that_is_gone_does_not_hide_the_others() -> None:
    first, second = load_balancer("a", site="site-a"), load_balancer("b", site="site-b")
    assert LoadBalancerTags().site_tags([first, GONE_ARN, second]) == {
        first: "site-a",
        GONE_ARN: UnreadableTag.LOAD_BALANCER_GONE,
        second: "site-b",
    }


def test_a_lost_region_does_not_hide_the_other_region() -> None:
    alive, lost = load_balancer("a", site="site-a"), load_balancer("b", "eu-central-1", site="site-b")
    lose_region("eu-central-1")
    assert LoadBalancerTags().site_tags([alive, lost]) == {alive: "site-a", lost: UnreadableTag.REGION_UNAVAILABLE}


def failing(given: Answer) -> Callable[[str], Any]:
    def client_in(region: str) -> Any:
        client = boto3.client("elbv2", region_name=region, config=CLIENT_CONFIG)
        answer(client, "DescribeTags", given)
        return client

    return client_in


@pytest.mark.parametrize(
    "given",
    [
        query_error("ServiceUnavailable", 503),
        query_error("Throttling"),
        query_error("InternalFailure", 500),
        (503, b"<html><body>Service Unavailable</body></html>"),
        (502, b""),
        ConnectTimeoutError(endpoint_url="https://elasticloadbalancing.eu-west-1.amazonaws.com"),
    ],
    ids=str,
)
def test_a_region_that_does_not_answer_is_unreadable_not_an_error(given: Answer) -> None:
    assert LoadBalancerTags(failing(given)).site_tags([GONE_ARN]) == {GONE_ARN: UnreadableTag.REGION_UNAVAILABLE}


@pytest.mark.parametrize(
    ("given", "raised"),
    [
        (query_error("AccessDenied", 403), AccessDenied),
        (query_error("UnauthorizedOperation", 403), AccessDenied),
        (query_error("ValidationError"), RequestRefused),
        (query_error("TargetGroupNotFound"), RequestRefused),
    ],
)
def test_a_denied_or_refused_request_is_loud_and_nothing_is_inferred(given: Answer, raised: type[Exception]) -> None:
    with pytest.raises(raised, match="reading the tags of the load balancers"):
        LoadBalancerTags(failing(given)).site_tags([GONE_ARN])


@pytest.mark.parametrize(
    "endpoint_id",
    [
        "eipalloc-0123456789abcdef0", "i-0123456789abcdef0", "", "arn:aws:ec2:eu-west-1:123456789012:instance/i-0",
        "arn:aws:elasticloadbalancing::123456789012:loadbalancer/net/a/b",
    ],
)  # fmt: skip
def test_an_endpoint_that_is_no_load_balancer_cannot_name_its_site(endpoint_id: str) -> None:
    with pytest.raises(SitesNotIdentified, match="is no load balancer"):
        LoadBalancerTags().site_tags([endpoint_id])


def test_no_endpoints_need_no_question() -> None:
    assert LoadBalancerTags().site_tags([]) == {}
