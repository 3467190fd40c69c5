"""Makes accelerators and their parts through boto3, for tests."""

from typing import Any

import boto3
from botocore.config import Config

LOAD_BALANCER = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/net/{}/0123456789abcdef"
A, B, C = (LOAD_BALANCER.format(name) for name in "abc")


def client(region: str = "us-west-2", **config: Any) -> Any:
    return boto3.client("globalaccelerator", region, config=Config(retries={"total_max_attempts": 1}, **config))


def accelerator(name: str = "one", **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = client().create_accelerator(Name=name, IdempotencyToken=name, **more)["Accelerator"]
    return made


def listener(accelerator_arn: str, port: int = 443) -> str:
    ports = [{"FromPort": port, "ToPort": port}]
    made = client().create_listener(
        AcceleratorArn=accelerator_arn, PortRanges=ports, Protocol="TCP", IdempotencyToken=str(port)
    )
    return str(made["Listener"]["ListenerArn"])


def endpoint_group(*endpoints: str, region: str = "eu-west-1", of: str | None = None) -> str:
    made = client().create_endpoint_group(
        ListenerArn=of or listener(accelerator()["AcceleratorArn"]),
        EndpointGroupRegion=region,
        EndpointConfigurations=[{"EndpointId": endpoint} for endpoint in endpoints],
        IdempotencyToken=region,
    )
    return str(made["EndpointGroup"]["EndpointGroupArn"])


def endpoints(group: str) -> list[dict[str, Any]]:
    described: list[dict[str, Any]] = client().describe_endpoint_group(EndpointGroupArn=group)["EndpointGroup"][
        "EndpointDescriptions"
    ]
    return described


def endpoint_ids(group: str) -> list[str]:
    return [endpoint["EndpointId"] for endpoint in endpoints(group)]


def remove(group: str, *identifiers: str) -> Any:
    asked = [{"EndpointId": identifier} for identifier in identifiers]
    return client().remove_endpoints(EndpointGroupArn=group, EndpointIdentifiers=asked)


def add(group: str, endpoint: str) -> Any:
    return client().add_endpoints(EndpointGroupArn=group, EndpointConfigurations=[{"EndpointId": endpoint}])
