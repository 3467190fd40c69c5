"""What Global Accelerator keeps, and how its API describes it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

HealthState = Literal["HEALTHY", "UNHEALTHY", "INITIAL"]

DEFAULT_WEIGHT = 128


@dataclass
class Accelerator:
    """Changed last at `changed_at` (seconds of the monotonic clock): from then on it is IN_PROGRESS for a while."""

    accelerator_arn: str
    name: str
    dns_name: str
    ip_address_type: str
    enabled: bool
    changed_at: float
    created_time: datetime = field(default_factory=lambda: datetime.now(UTC))
    last_modified_time: datetime = field(default_factory=lambda: datetime.now(UTC))

    def describe(self, propagation_seconds: float) -> dict[str, Any]:
        in_progress = time.monotonic() < self.changed_at + propagation_seconds
        addresses = ["192.0.2.10", "192.0.2.11"]
        ip_sets = [{"IpFamily": "IPv4", "IpAddresses": addresses, "IpAddressFamily": "IPv4"}]
        description = {
            "AcceleratorArn": self.accelerator_arn,
            "Name": self.name,
            "IpAddressType": self.ip_address_type,
            "Enabled": self.enabled,
            "IpSets": ip_sets,
            "DnsName": self.dns_name,
            "Status": "IN_PROGRESS" if in_progress else "DEPLOYED",
            "CreatedTime": self.created_time,
            "LastModifiedTime": self.last_modified_time,
        }
        if self.ip_address_type == "DUAL_STACK":
            label, _, domain = self.dns_name.partition(".")
            description["DualStackDnsName"] = f"{label}.dualstack.{domain}"
            addresses = ["2001:db8::10", "2001:db8::11"]
            ip_sets.append({"IpFamily": "IPv6", "IpAddresses": addresses, "IpAddressFamily": "IPv6"})
        return description


@dataclass
class Listener:
    listener_arn: str
    accelerator_arn: str
    port_ranges: list[dict[str, int]]
    protocol: str
    client_affinity: str

    def describe(self) -> dict[str, Any]:
        return {
            "ListenerArn": self.listener_arn,
            "PortRanges": self.port_ranges,
            "Protocol": self.protocol,
            "ClientAffinity": self.client_affinity,
        }


@dataclass
class Endpoint:
    endpoint_id: str
    weight: int
    client_ip_preservation_enabled: bool

    @classmethod
    def from_configuration(cls, configuration: dict[str, Any]) -> Endpoint:
        return cls(
            endpoint_id=configuration["EndpointId"],
            weight=configuration.get("Weight", DEFAULT_WEIGHT),
            client_ip_preservation_enabled=configuration.get(
                "ClientIPPreservationEnabled", "loadbalancer/app/" in configuration["EndpointId"]
            ),
        )

    def describe(self, health: HealthState) -> dict[str, Any]:
        return {
            "EndpointId": self.endpoint_id,
            "Weight": self.weight,
            "HealthState": health,
            "ClientIPPreservationEnabled": self.client_ip_preservation_enabled,
        }


@dataclass
class EndpointGroup:
    """`settings` are the members of the API's EndpointGroup that a caller may set and that this backend only keeps."""

    endpoint_group_arn: str
    listener_arn: str
    region: str
    settings: dict[str, Any]
    endpoints: list[Endpoint]

    def describe(self, health: dict[str, HealthState]) -> dict[str, Any]:
        return {
            "EndpointGroupArn": self.endpoint_group_arn,
            "EndpointGroupRegion": self.region,
            **self.settings,
            "EndpointDescriptions": [e.describe(health.get(e.endpoint_id, "HEALTHY")) for e in self.endpoints],
        }
