"""Global Accelerator's API: checks a request by botocore's own model, calls the backend, describes the result."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from moto.core.common_types import TYPE_RESPONSE
from moto.core.request import Request
from moto.core.responses import ActionResult, BaseResponse, EmptyResult
from moto.core.utils import get_service_model

from local.aws.globalaccelerator.exceptions import InvalidArgumentException, InvalidNextTokenException, UnknownHost
from local.aws.globalaccelerator.models import GlobalAcceleratorBackend, globalaccelerator_backends
from local.aws.globalaccelerator.validation import can_be_busy, complaints

API_REGION = "us-west-2"
DEFAULT_PAGE_SIZE = 10


class GlobalAcceleratorResponse(BaseResponse):
    def __init__(self) -> None:
        super().__init__(service_name="globalaccelerator")

    @property
    def backend(self) -> GlobalAcceleratorBackend:
        return globalaccelerator_backends[self.current_account][self.partition]

    def _dispatch(self, request: Request, full_url: str | None = None, headers: Any = None) -> TYPE_RESPONSE:
        self.setup_class(request, full_url, headers)
        if self.region != API_REGION:
            raise UnknownHost(endpoint_url=f"https://globalaccelerator.{self.region}.amazonaws.com/")
        return self.call_action()

    def _parameters(self) -> dict[str, Any]:
        """The request's members. Raises what AWS answers to a request that its model forbids, or while it is busy."""
        operation, parameters = self._get_action(), dict[str, Any](json.loads(self.body or "{}"))
        if report := complaints(operation, parameters):
            raise InvalidArgumentException(report)
        if can_be_busy(operation):
            self.backend.check_not_busy()
        return parameters

    # Accelerators

    def list_accelerators(self) -> ActionResult:
        propagation = self.backend.propagation_seconds
        return _page(
            "Accelerators",
            "AcceleratorArn",
            self._parameters(),
            lambda: [accelerator.describe(propagation) for accelerator in self.backend.list_accelerators()],
        )

    def describe_accelerator(self) -> ActionResult:
        accelerator = self.backend.describe_accelerator(self._parameters()["AcceleratorArn"])
        return ActionResult({"Accelerator": accelerator.describe(self.backend.propagation_seconds)})

    def create_accelerator(self) -> ActionResult:
        parameters = self._parameters()
        accelerator = self.backend.create_accelerator(
            name=parameters["Name"],
            ip_address_type=parameters.get("IpAddressType", "IPV4"),
            enabled=parameters.get("Enabled", True),
        )
        return ActionResult({"Accelerator": accelerator.describe(self.backend.propagation_seconds)})

    def update_accelerator(self) -> ActionResult:
        parameters = self._parameters()
        accelerator = self.backend.update_accelerator(
            accelerator_arn=parameters["AcceleratorArn"],
            name=parameters.get("Name"),
            ip_address_type=parameters.get("IpAddressType"),
            enabled=parameters.get("Enabled"),
        )
        return ActionResult({"Accelerator": accelerator.describe(self.backend.propagation_seconds)})

    def delete_accelerator(self) -> ActionResult:
        self.backend.delete_accelerator(self._parameters()["AcceleratorArn"])
        return EmptyResult()

    # Listeners

    def list_listeners(self) -> ActionResult:
        parameters = self._parameters()
        return _page(
            "Listeners",
            "ListenerArn",
            parameters,
            lambda: [listener.describe() for listener in self.backend.list_listeners(parameters["AcceleratorArn"])],
        )

    def describe_listener(self) -> ActionResult:
        listener = self.backend.describe_listener(self._parameters()["ListenerArn"])
        return ActionResult({"Listener": listener.describe()})

    def create_listener(self) -> ActionResult:
        parameters = self._parameters()
        listener = self.backend.create_listener(
            accelerator_arn=parameters["AcceleratorArn"],
            port_ranges=parameters["PortRanges"],
            protocol=parameters["Protocol"],
            client_affinity=parameters.get("ClientAffinity", "NONE"),
        )
        return ActionResult({"Listener": listener.describe()})

    def delete_listener(self) -> ActionResult:
        self.backend.delete_listener(self._parameters()["ListenerArn"])
        return EmptyResult()

    # Endpoint groups and endpoints

    def list_endpoint_groups(self) -> ActionResult:
        parameters = self._parameters()
        return _page(
            "EndpointGroups",
            "EndpointGroupArn",
            parameters,
            lambda: self.backend.list_endpoint_groups(parameters["ListenerArn"]),
        )

    def describe_endpoint_group(self) -> ActionResult:
        return ActionResult({"EndpointGroup": self.backend.describe_endpoint_group(self._endpoint_group_arn())})

    def create_endpoint_group(self) -> ActionResult:
        parameters = self._parameters()
        group = self.backend.create_endpoint_group(
            listener_arn=parameters["ListenerArn"],
            region=parameters["EndpointGroupRegion"],
            settings=_endpoint_group_settings(parameters),
            configurations=parameters.get("EndpointConfigurations", []),
        )
        return ActionResult({"EndpointGroup": group})

    def update_endpoint_group(self) -> ActionResult:
        parameters = self._parameters()
        group = self.backend.update_endpoint_group(
            endpoint_group_arn=parameters["EndpointGroupArn"],
            settings=_endpoint_group_settings(parameters),
            configurations=parameters.get("EndpointConfigurations"),
        )
        return ActionResult({"EndpointGroup": group})

    def add_endpoints(self) -> ActionResult:
        parameters = self._parameters()
        group = self.backend.add_endpoints(parameters["EndpointGroupArn"], parameters["EndpointConfigurations"])
        members = ("EndpointGroupArn", "EndpointDescriptions")
        return ActionResult({member: group[member] for member in members})

    def remove_endpoints(self) -> ActionResult:
        parameters = self._parameters()
        identifiers = [identifier["EndpointId"] for identifier in parameters["EndpointIdentifiers"]]
        self.backend.remove_endpoints(parameters["EndpointGroupArn"], identifiers)
        return EmptyResult()

    def delete_endpoint_group(self) -> ActionResult:
        self.backend.delete_endpoint_group(self._endpoint_group_arn())
        return EmptyResult()

    def _endpoint_group_arn(self) -> str:
        arn: str = self._parameters()["EndpointGroupArn"]
        return arn


def _endpoint_group_settings(parameters: Mapping[str, Any]) -> dict[str, Any]:
    group: Any = get_service_model("globalaccelerator").shape_for("EndpointGroup")
    handled = {"EndpointGroupArn", "EndpointGroupRegion", "EndpointDescriptions"}
    return {name: value for name, value in parameters.items() if name in group.members and name not in handled}


def _page(
    member: str, key: str, parameters: Mapping[str, Any], items: Callable[[], Sequence[dict[str, Any]]]
) -> ActionResult:
    """One page of `items`. The token is the id of the first item of the next page; the API takes 255 characters."""
    found, token = items(), parameters.get("NextToken")
    ids = [item[key].rpartition("/")[2] for item in found]
    if token is not None and token not in ids:
        raise InvalidNextTokenException
    start = 0 if token is None else ids.index(token)
    end = start + parameters.get("MaxResults", DEFAULT_PAGE_SIZE)
    return ActionResult({member: found[start:end], "NextToken": ids[end] if end < len(ids) else None})
