"""Repairs of moto's load balancers, and the loss of a region.

DescribeTags is what the application depends on: of at most 20 load balancers, all of them of the region that is asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from botocore.utils import ArnParser, InvalidArnException
from moto.core.common_types import TYPE_RESPONSE
from moto.core.responses import ActionResult
from moto.elbv2 import models as elbv2_models
from moto.elbv2.exceptions import LoadBalancerNotFoundError, ValidationError
from moto.elbv2.responses import ELBV2Response

from local.aws.patching import replace_method

# https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTags.html
DESCRIBE_TAGS_LIMIT = 20

_lost_regions: set[str] = set()


def install() -> None:
    """Idempotent: see `local.aws.repairs`."""
    replace_method(elbv2_models.ELBv2Backend, "create_load_balancer", _create_with_arn_of_its_type)
    replace_method(ELBV2Response, "describe_tags", _describe_tags)
    replace_method(ELBV2Response, "call_action", _answer_unless_lost)


def lose_region(region: str) -> None:
    """From now on the load balancer API of `region` answers 503 to everything."""
    _lost_regions.add(region)


def regain_region(region: str) -> None:
    """Ends `lose_region`; harmless when the region isn't lost."""
    _lost_regions.discard(region)


def regain_all_regions() -> None:
    _lost_regions.clear()


def _answer_unless_lost(original: Any, self: ELBV2Response) -> TYPE_RESPONSE:
    if self.region not in _lost_regions:
        response: TYPE_RESPONSE = original(self)
        return response
    body = (
        '<ErrorResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"><Error><Type>Receiver</Type>'
        "<Code>ServiceUnavailable</Code><Message>Service Unavailable</Message></Error></ErrorResponse>"
    )
    return 503, {"status": "503", "Content-Type": "text/xml"}, body


def _create_with_arn_of_its_type(
    original: Any, self: elbv2_models.ELBv2Backend, *args: Any, **kwargs: Any
) -> elbv2_models.FakeLoadBalancer:
    """moto's ARN says loadbalancer/app/ of every load balancer; a Network Load Balancer's says loadbalancer/net/."""
    load_balancer: elbv2_models.FakeLoadBalancer = original(self, *args, **kwargs)
    if load_balancer.type == "network":
        app_arn = load_balancer.arn
        load_balancer.arn = app_arn.replace("loadbalancer/app/", "loadbalancer/net/")
        self.load_balancers[load_balancer.arn] = self.load_balancers.pop(app_arn)
        self.tagging_service.copy_tags(app_arn, load_balancer.arn)
        self.tagging_service.delete_all_tags_for_resource(app_arn)
    return load_balancer


def _describe_tags(original: Any, self: ELBV2Response) -> ActionResult:
    arns: list[str] = self._get_param("ResourceArns", [])
    if len(arns) > DESCRIBE_TAGS_LIMIT:
        raise ValidationError(
            f"1 validation error detected: Value '{arns}' at 'resourceArns' failed to satisfy constraint: "
            f"Member must have length less than or equal to {DESCRIBE_TAGS_LIMIT}"
        )
    _check_load_balancers_of(self.region, arns)
    for arn in arns:
        if ":loadbalancer/" in arn and arn not in self.elbv2_backend.load_balancers:
            raise LoadBalancerNotFoundError
    result: ActionResult = original(self)
    return result


def _check_load_balancers_of(region: str, arns: Iterable[str]) -> None:
    for arn in arns:
        try:
            in_this_region = ArnParser().parse_arn(arn)["region"] == region
        except InvalidArnException:
            in_this_region = False
        if not in_this_region:
            raise ValidationError(f"'{arn}' is not a valid load balancer ARN")
