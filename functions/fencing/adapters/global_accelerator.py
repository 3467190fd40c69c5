"""AWS Global Accelerator: finding the stack's accelerators, a snapshot of their endpoints, removing one."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import boto3
import jmespath
from botocore.exceptions import ClientError

from fencing.adapters.aws import CLIENT_CONFIG, aws_errors, error_code
from fencing.errors import AcceleratorNotFound, AcceleratorUnavailable
from fencing.names import canonical_dns_name
from fencing.topology import Accelerator, Endpoint, EndpointGroup, EndpointSnapshot, Topology

if TYPE_CHECKING:
    from mypy_boto3_globalaccelerator import GlobalAcceleratorClient
    from mypy_boto3_globalaccelerator.type_defs import EndpointDescriptionTypeDef, PaginatorConfigTypeDef

# "All Global Accelerator API operations must be run in us-west-2", wherever the accelerator's endpoints are.
REGION = "us-west-2"
_PAGES_OF_100: "PaginatorConfigTypeDef" = {"PageSize": 100}
_DNS_NAMES = jmespath.compile("[DnsName, DualStackDnsName][?@ != null]")


class GlobalAccelerator:
    """The control plane of AWS Global Accelerator."""

    def __init__(self, client: "GlobalAcceleratorClient | None" = None) -> None:
        self._client = client or boto3.client("globalaccelerator", region_name=REGION, config=CLIENT_CONFIG)

    def find(self, dns_names: Sequence[str]) -> tuple[Accelerator, ...]:
        """Find accelerators by canonical DNS name, single or dual stack, over all pages of the account's list.

        Raises:
            AcceleratorNotFound: one of the names is no accelerator's.
            AcceleratorUnavailable, AccessDenied, RequestRefused: see `aws_errors`.
        """
        with aws_errors(AcceleratorUnavailable, "listing the accelerators"):
            pages = self._client.get_paginator("list_accelerators").paginate(PaginationConfig=_PAGES_OF_100)
            listed = [_accelerator(item["AcceleratorArn"], item) for page in pages for item in page["Accelerators"]]
        by_name = {name: accelerator for accelerator in listed for name in accelerator.dns_names}
        if missing := [name for name in dns_names if name not in by_name]:
            raise AcceleratorNotFound(
                f"No accelerator has the DNS name {', '.join(missing)}, which the parameter AcceleratorDnsNames gives "
                f"({len(listed)} accelerators were looked at)."
            )
        return tuple(dict.fromkeys(by_name[name] for name in dns_names))

    def describe(self, arns: Sequence[str]) -> tuple[Accelerator, ...]:
        """Describe accelerators by ARN, without listing.

        Raises:
            AcceleratorNotFound: one of them doesn't exist.
            AcceleratorUnavailable, AccessDenied, RequestRefused: see `aws_errors`.
        """
        return tuple(self._describe(arn) for arn in dict.fromkeys(arns))

    def _describe(self, arn: str) -> Accelerator:
        with aws_errors(AcceleratorUnavailable, f"describing the accelerator {arn}"):
            try:
                return _accelerator(arn, self._client.describe_accelerator(AcceleratorArn=arn)["Accelerator"])
            except ClientError as error:
                if error_code(error) != "AcceleratorNotFoundException":
                    raise
                raise AcceleratorNotFound(
                    f"There is no accelerator {arn}, which the parameter AcceleratorArns gives."
                ) from error

    def snapshot(self, topology: Topology) -> EndpointSnapshot:
        """Read all endpoint groups of the topology's accelerators, now.

        Raises:
            AcceleratorUnavailable, AccessDenied, RequestRefused: see `aws_errors`.
        """
        return EndpointSnapshot(self.endpoint_groups(topology.accelerators), topology.site_of)

    def endpoint_groups(self, accelerators: Iterable[Accelerator]) -> tuple[EndpointGroup, ...]:
        """Read all endpoint groups of all listeners of the accelerators, now.

        Raises:
            AcceleratorUnavailable, AccessDenied, RequestRefused: see `aws_errors`.
        """
        with aws_errors(AcceleratorUnavailable, "reading the endpoint groups"):
            return tuple(
                group
                for accelerator in accelerators
                for listener_arn in self._listeners(accelerator.arn)
                for group in self._endpoint_groups(listener_arn)
            )

    def _listeners(self, accelerator_arn: str) -> list[str]:
        pages = self._client.get_paginator("list_listeners").paginate(
            AcceleratorArn=accelerator_arn, PaginationConfig=_PAGES_OF_100
        )
        return [listener["ListenerArn"] for page in pages for listener in page["Listeners"]]

    def _endpoint_groups(self, listener_arn: str) -> list[EndpointGroup]:
        pages = self._client.get_paginator("list_endpoint_groups").paginate(
            ListenerArn=listener_arn, PaginationConfig=_PAGES_OF_100
        )
        return [
            EndpointGroup(
                arn=group["EndpointGroupArn"],
                listener_arn=listener_arn,
                endpoints=tuple(_endpoint(description) for description in group.get("EndpointDescriptions", [])),
            )
            for page in pages
            for group in page["EndpointGroups"]
        ]

    def remove_endpoint(self, group_arn: str, endpoint: Endpoint) -> None:
        """Remove one endpoint from one group; weights, attachments and settings of the others stay as they are.

        AWS doesn't say what removing an absent endpoint does, nor how soon the removal shows: read back.

        Raises:
            AcceleratorUnavailable, AccessDenied, RequestRefused: see `aws_errors`.
        """
        with aws_errors(AcceleratorUnavailable, f"removing {endpoint.id} from {group_arn}"):
            self._client.remove_endpoints(
                EndpointGroupArn=group_arn,
                EndpointIdentifiers=[
                    {"EndpointId": endpoint.id, "ClientIPPreservationEnabled": endpoint.client_ip_preservation}
                ],
            )


def _accelerator(arn: str, description: object) -> Accelerator:
    return Accelerator(arn, tuple(canonical_dns_name(name) for name in _DNS_NAMES.search(description)))


def _endpoint(description: "EndpointDescriptionTypeDef") -> Endpoint:
    return Endpoint(
        id=description["EndpointId"],
        health=description.get("HealthState", "INITIAL"),
        weight=description.get("Weight", 128),
        client_ip_preservation=description.get("ClientIPPreservationEnabled", False),
    )
