"""The `site` tags of load balancers, each asked for in the load balancer's own region."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import boto3
import jmespath
from botocore.exceptions import ClientError

from fencing.adapters.aws import CLIENT_CONFIG, aws_errors, error_code
from fencing.errors import LoadBalancerTagsUnavailable, SitesNotIdentified
from fencing.topology import SiteTag, UnreadableTag

if TYPE_CHECKING:
    from mypy_boto3_elbv2 import ElasticLoadBalancingv2Client

# "You can specify up to 20 resources in a single call" of DescribeTags.
_ARNS_PER_CALL = 20
_SITE_TAG = jmespath.compile("Tags[?Key == 'site'].Value | [0]")


class LoadBalancerTags:
    """Elastic Load Balancing's DescribeTags."""

    def __init__(self, client_in: "Callable[[str], ElasticLoadBalancingv2Client] | None" = None) -> None:
        self._client_in = client_in or (lambda region: boto3.client("elbv2", region_name=region, config=CLIENT_CONFIG))

    def site_tags(self, endpoint_ids: Iterable[str]) -> Mapping[str, SiteTag]:
        """Return each endpoint's `site` tag, or why it can't be read.

        Raises:
            SitesNotIdentified: an endpoint is no load balancer.
            AccessDenied, RequestRefused: see `aws_errors`; nothing is inferred from these.
        """
        by_region: dict[str, list[str]] = {}
        for endpoint_id in endpoint_ids:
            by_region.setdefault(_region(endpoint_id), []).append(endpoint_id)
        tags: dict[str, SiteTag] = {}
        for region, arns in by_region.items():
            client = self._client_in(region)
            for start in range(0, len(arns), _ARNS_PER_CALL):
                tags |= _describe(client, arns[start : start + _ARNS_PER_CALL])
        return tags


def _describe(client: "ElasticLoadBalancingv2Client", arns: Sequence[str]) -> dict[str, SiteTag]:
    try:
        with aws_errors(LoadBalancerTagsUnavailable, "reading the tags of the load balancers"):
            try:
                descriptions = client.describe_tags(ResourceArns=list(arns))["TagDescriptions"]
            except ClientError as error:
                if error_code(error) not in ("LoadBalancerNotFound", "LoadBalancerNotFoundException"):
                    raise
                return _one_by_one(client, arns)
    except LoadBalancerTagsUnavailable:
        return dict.fromkeys(arns, UnreadableTag.REGION_UNAVAILABLE)
    return dict.fromkeys(arns) | {item["ResourceArn"]: _SITE_TAG.search(item) for item in descriptions}


def _one_by_one(client: "ElasticLoadBalancingv2Client", arns: Sequence[str]) -> dict[str, SiteTag]:
    """One load balancer that doesn't exist fails the whole call: find out which."""
    if len(arns) == 1:
        return {arns[0]: UnreadableTag.LOAD_BALANCER_GONE}
    return {arn: tag for single in arns for arn, tag in _describe(client, [single]).items()}


def _region(endpoint_id: str) -> str:
    match endpoint_id.split(":"):
        case ["arn", _, "elasticloadbalancing", region, _, _] if region:
            return region
    raise SitesNotIdentified(f"The endpoint {endpoint_id} is no load balancer, so it has no tag that names its site.")
