"""State and rules of Global Accelerator's standard accelerators."""

from __future__ import annotations

import copy
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from botocore.utils import ArnParser, InvalidArnException
from moto.core.base_backend import BackendDict, BaseBackend
from moto.moto_api._internal import mock_random
from moto.utilities.utils import PARTITION_NAMES

from local.aws.globalaccelerator.exceptions import (
    AcceleratorNotDisabledException,
    AcceleratorNotFoundException,
    AssociatedEndpointGroupFoundException,
    AssociatedListenerFoundException,
    EndpointGroupAlreadyExistsException,
    EndpointGroupNotFoundException,
    InvalidArgumentException,
    LimitExceededException,
    ListenerNotFoundException,
    TransactionInProgressException,
)
from local.aws.globalaccelerator.records import Accelerator, Endpoint, EndpointGroup, HealthState, Listener

ENDPOINTS_PER_GROUP = 10


class GlobalAcceleratorBackend(BaseBackend):
    """The accelerators of one account. Every public method is atomic.

    `propagation_seconds` is how long an accelerator is IN_PROGRESS after a change; AWS needs seconds to minutes.
    """

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.lock = threading.RLock()
        self.propagation_seconds = 0.5
        self.accelerators: dict[str, Accelerator] = {}
        self.listeners: dict[str, Listener] = {}
        self.endpoint_groups: dict[str, EndpointGroup] = {}
        self._health: dict[str, HealthState] = {}
        self._next_dns_name: str | None = None
        self._busy_calls = 0
        self._stale_reads = 0
        self._groups_before_last_change: dict[str, EndpointGroup] = {}

    # Switches for tests and for the simulated world: no API call reaches them.

    def set_health(self, endpoint_id: str, state: HealthState) -> None:
        """What every endpoint group that holds `endpoint_id` says of its health from now on. Until set: HEALTHY."""
        with self.lock:
            self._health[endpoint_id] = state

    def busy(self, calls: int) -> None:
        """Let the next `calls` changing calls answer TransactionInProgressException, where the API documents it."""
        with self.lock:
            self._busy_calls = calls

    def stale_reads(self, reads: int) -> None:
        """Let the next `reads` Describe- and ListEndpointGroup(s) calls show the state before the last change."""
        with self.lock:
            self._stale_reads = reads

    def name_next_accelerator(self, dns_name: str) -> None:
        """The DNS name of the next accelerator to be created; AWS chooses a random one."""
        with self.lock:
            self._next_dns_name = dns_name

    def check_not_busy(self) -> None:
        """Raises TransactionInProgressException while `busy` has calls left."""
        with self.lock:
            if self._busy_calls > 0:
                self._busy_calls -= 1
                raise TransactionInProgressException

    # The API.

    def list_accelerators(self) -> list[Accelerator]:
        with self.lock:
            return list(self.accelerators.values())

    def describe_accelerator(self, accelerator_arn: str) -> Accelerator:
        with self.lock:
            if accelerator_arn not in self.accelerators:
                raise AcceleratorNotFoundException(arn=accelerator_arn)
            return self.accelerators[accelerator_arn]

    def create_accelerator(self, name: str, *, ip_address_type: str = "IPV4", enabled: bool = True) -> Accelerator:
        with self.lock:
            dns_name = self._next_dns_name or f"a{mock_random.get_random_hex(16)}.awsglobalaccelerator.com"
            self._next_dns_name = None
            arn = f"arn:{self.partition}:globalaccelerator::{self.account_id}:accelerator/{mock_random.uuid4()}"
            accelerator = Accelerator(arn, name, dns_name, ip_address_type, enabled, changed_at=time.monotonic())
            self.accelerators[arn] = accelerator
            return accelerator

    def update_accelerator(
        self, accelerator_arn: str, *, name: str | None, ip_address_type: str | None, enabled: bool | None
    ) -> Accelerator:
        with self.lock:
            accelerator = self.describe_accelerator(accelerator_arn)
            accelerator.name = accelerator.name if name is None else name
            accelerator.ip_address_type = ip_address_type or accelerator.ip_address_type
            accelerator.enabled = accelerator.enabled if enabled is None else enabled
            self._mark_changed(accelerator_arn)
            return accelerator

    def delete_accelerator(self, accelerator_arn: str) -> None:
        with self.lock:
            accelerator = self.describe_accelerator(accelerator_arn)
            if self.list_listeners(accelerator_arn):
                raise AssociatedListenerFoundException
            if accelerator.enabled:
                raise AcceleratorNotDisabledException
            del self.accelerators[accelerator_arn]

    def list_listeners(self, accelerator_arn: str) -> list[Listener]:
        with self.lock:
            self.describe_accelerator(accelerator_arn)
            return [listener for listener in self.listeners.values() if listener.accelerator_arn == accelerator_arn]

    def describe_listener(self, listener_arn: str) -> Listener:
        with self.lock:
            if listener_arn not in self.listeners:
                raise ListenerNotFoundException(arn=listener_arn)
            return self.listeners[listener_arn]

    def create_listener(
        self, accelerator_arn: str, port_ranges: list[dict[str, int]], protocol: str, client_affinity: str
    ) -> Listener:
        with self.lock:
            self.describe_accelerator(accelerator_arn)
            arn = f"{accelerator_arn}/listener/{mock_random.get_random_hex(8)}"
            self.listeners[arn] = Listener(arn, accelerator_arn, port_ranges, protocol, client_affinity)
            self._mark_changed(accelerator_arn)
            return self.listeners[arn]

    def delete_listener(self, listener_arn: str) -> None:
        with self.lock:
            listener = self.describe_listener(listener_arn)
            if any(group.listener_arn == listener_arn for group in self.endpoint_groups.values()):
                raise AssociatedEndpointGroupFoundException
            del self.listeners[listener_arn]
            self._mark_changed(listener.accelerator_arn)

    def list_endpoint_groups(self, listener_arn: str) -> list[dict[str, Any]]:
        with self.lock:
            self.describe_listener(listener_arn)
            groups = self._readable_groups().values()
            return [group.describe(self._health) for group in groups if group.listener_arn == listener_arn]

    def describe_endpoint_group(self, endpoint_group_arn: str) -> dict[str, Any]:
        with self.lock:
            groups = self._readable_groups()
            if endpoint_group_arn not in groups:
                raise EndpointGroupNotFoundException(arn=endpoint_group_arn)
            return groups[endpoint_group_arn].describe(self._health)

    def create_endpoint_group(
        self, listener_arn: str, region: str, settings: dict[str, Any], configurations: list[dict[str, Any]]
    ) -> dict[str, Any]:
        with self.lock:
            listener = self.describe_listener(listener_arn)
            if any(g.listener_arn == listener_arn and g.region == region for g in self.endpoint_groups.values()):
                raise EndpointGroupAlreadyExistsException(region=region)
            defaults = {
                "TrafficDialPercentage": 100.0,
                "HealthCheckPort": listener.port_ranges[0]["FromPort"],
                "HealthCheckProtocol": "TCP",
                "HealthCheckIntervalSeconds": 30,
                "ThresholdCount": 3,
                "PortOverrides": [],
            }
            arn = f"{listener_arn}/endpoint-group/{mock_random.get_random_hex(12)}"
            group = EndpointGroup(arn, listener_arn, region, defaults | settings, _endpoints(configurations, region))
            self._groups_before_last_change = copy.deepcopy(self.endpoint_groups)
            self.endpoint_groups[arn] = group
            self._mark_changed(listener.accelerator_arn)
            return group.describe(self._health)

    def update_endpoint_group(
        self, endpoint_group_arn: str, settings: dict[str, Any], configurations: list[dict[str, Any]] | None
    ) -> dict[str, Any]:
        """Replaces all endpoints by `configurations`; None leaves them, and so do absent `settings`."""
        with self._changing(endpoint_group_arn) as group:
            if configurations is not None:
                group.endpoints = _endpoints(configurations, group.region)
            group.settings |= settings
            return group.describe(self._health)

    def add_endpoints(self, endpoint_group_arn: str, configurations: list[dict[str, Any]]) -> dict[str, Any]:
        """Adds endpoints; one that is there already gets the new configuration."""
        with self._changing(endpoint_group_arn) as group:
            added = _endpoints(configurations, group.region)
            names = {endpoint.endpoint_id for endpoint in added}
            endpoints = [endpoint for endpoint in group.endpoints if endpoint.endpoint_id not in names] + added
            if len(endpoints) > ENDPOINTS_PER_GROUP:
                raise LimitExceededException
            group.endpoints = endpoints
            return group.describe(self._health)

    def remove_endpoints(self, endpoint_group_arn: str, endpoint_ids: list[str]) -> None:
        """Removes endpoints. One that is absent is ignored.

        AWS doesn't document what RemoveEndpoints does with an absent endpoint, and the operation has no error for it
        (EndpointNotFoundException is modelled, but not here). This is the one place to change if AWS turns out to
        refuse it.
        """
        with self._changing(endpoint_group_arn) as group:
            group.endpoints = [endpoint for endpoint in group.endpoints if endpoint.endpoint_id not in endpoint_ids]

    def delete_endpoint_group(self, endpoint_group_arn: str) -> None:
        with self._changing(endpoint_group_arn):
            del self.endpoint_groups[endpoint_group_arn]

    @contextmanager
    def _changing(self, endpoint_group_arn: str) -> Iterator[EndpointGroup]:
        with self.lock:
            if endpoint_group_arn not in self.endpoint_groups:
                raise EndpointGroupNotFoundException(arn=endpoint_group_arn)
            group = self.endpoint_groups[endpoint_group_arn]
            before = copy.deepcopy(self.endpoint_groups)
            yield group
            self._groups_before_last_change = before
            self._mark_changed(self.listeners[group.listener_arn].accelerator_arn)

    def _mark_changed(self, accelerator_arn: str) -> None:
        self.accelerators[accelerator_arn].changed_at = time.monotonic()
        self.accelerators[accelerator_arn].last_modified_time = datetime.now(UTC)

    def _readable_groups(self) -> dict[str, EndpointGroup]:
        if self._stale_reads > 0:
            self._stale_reads -= 1
            return self._groups_before_last_change
        return self.endpoint_groups


def _endpoints(configurations: list[dict[str, Any]], region: str) -> list[Endpoint]:
    """Endpoints of a group in `region`. A load balancer of another region is refused, as all of them must be in it."""
    for configuration in configurations:
        try:
            endpoint_region = ArnParser().parse_arn(configuration["EndpointId"])["region"]
        except InvalidArnException:
            continue
        if endpoint_region != region:
            raise InvalidArgumentException(f"{configuration['EndpointId']} is not in {region}")
    return [Endpoint.from_configuration(configuration) for configuration in configurations]


globalaccelerator_backends = BackendDict(
    GlobalAcceleratorBackend, "globalaccelerator", use_boto3_regions=False, additional_regions=PARTITION_NAMES
)
