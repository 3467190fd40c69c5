"""CloudFormation resource types of what stands around the application in an account.

moto lacks accelerators and policies of queues; its load balancers are never network ones and have no tags or targets.
"""

from __future__ import annotations

import json

from local.aws.cloudformation.api_resource import ApiResource, Properties


class Accelerator(ApiResource):
    type_name = "AWS::GlobalAccelerator::Accelerator"
    service = "globalaccelerator"
    attribute_names = frozenset({"AcceleratorArn", "DnsName"})

    def create(self, name: str, properties: Properties) -> None:
        properties.pop("Tags", None)
        made = self.client.create_accelerator(**properties)["Accelerator"]
        self.physical_resource_id = made["AcceleratorArn"]
        self.attributes = {key: made[key] for key in self.attribute_names}

    def remove(self) -> None:
        """Only a disabled one can be deleted."""
        self.client.update_accelerator(AcceleratorArn=self.physical_resource_id, Enabled=False)
        self.client.delete_accelerator(AcceleratorArn=self.physical_resource_id)


class Listener(ApiResource):
    type_name = "AWS::GlobalAccelerator::Listener"
    service = "globalaccelerator"
    attribute_names = frozenset({"ListenerArn"})

    def create(self, name: str, properties: Properties) -> None:
        self.physical_resource_id = self.client.create_listener(**properties)["Listener"]["ListenerArn"]
        self.attributes = {"ListenerArn": self.physical_resource_id}

    def remove(self) -> None:
        self.client.delete_listener(ListenerArn=self.physical_resource_id)


class EndpointGroup(ApiResource):
    type_name = "AWS::GlobalAccelerator::EndpointGroup"
    service = "globalaccelerator"
    attribute_names = frozenset({"EndpointGroupArn"})

    def create(self, name: str, properties: Properties) -> None:
        made = self.client.create_endpoint_group(**properties)["EndpointGroup"]
        self.physical_resource_id = made["EndpointGroupArn"]
        self.attributes = {"EndpointGroupArn": self.physical_resource_id}

    def remove(self) -> None:
        self.client.delete_endpoint_group(EndpointGroupArn=self.physical_resource_id)


class LoadBalancer(ApiResource):
    type_name = "AWS::ElasticLoadBalancingV2::LoadBalancer"
    service = "elbv2"
    attribute_names = frozenset({"LoadBalancerArn", "DNSName"})

    def create(self, name: str, properties: Properties) -> None:
        properties.setdefault("Name", _short(name))
        (made,) = self.client.create_load_balancer(**properties)["LoadBalancers"]
        self.physical_resource_id = made["LoadBalancerArn"]
        self.attributes = {key: made[key] for key in self.attribute_names}

    def remove(self) -> None:
        self.client.delete_load_balancer(LoadBalancerArn=self.physical_resource_id)


class TargetGroup(ApiResource):
    type_name = "AWS::ElasticLoadBalancingV2::TargetGroup"
    service = "elbv2"
    attribute_names = frozenset({"TargetGroupArn"})

    def create(self, name: str, properties: Properties) -> None:
        targets = properties.pop("Targets", [])
        properties.setdefault("Name", _short(name))
        (made,) = self.client.create_target_group(**properties)["TargetGroups"]
        self.physical_resource_id = made["TargetGroupArn"]
        self.attributes = {"TargetGroupArn": self.physical_resource_id}
        if targets:
            self.client.register_targets(TargetGroupArn=self.physical_resource_id, Targets=targets)

    def remove(self) -> None:
        self.client.delete_target_group(TargetGroupArn=self.physical_resource_id)


class LoadBalancerListener(ApiResource):
    type_name = "AWS::ElasticLoadBalancingV2::Listener"
    service = "elbv2"
    attribute_names = frozenset({"ListenerArn"})

    def create(self, name: str, properties: Properties) -> None:
        (made,) = self.client.create_listener(**properties)["Listeners"]
        self.physical_resource_id = made["ListenerArn"]
        self.attributes = {"ListenerArn": self.physical_resource_id}

    def remove(self) -> None:
        self.client.delete_listener(ListenerArn=self.physical_resource_id)


class QueuePolicy(ApiResource):
    type_name = "AWS::SQS::QueuePolicy"
    service = "sqs"

    def create(self, name: str, properties: Properties) -> None:
        self._queues = properties["Queues"]
        self._set(json.dumps(properties["PolicyDocument"]))
        self.physical_resource_id = name

    def remove(self) -> None:
        self._set("")

    def _set(self, policy: str) -> None:
        for queue in self._queues:
            self.client.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})


SURROUNDING_TYPES: tuple[type[ApiResource], ...] = (
    Accelerator, Listener, EndpointGroup, LoadBalancer, TargetGroup, LoadBalancerListener, QueuePolicy,
)  # fmt: skip


def _short(name: str) -> str:
    """Load balancers and target groups have names of at most 32 characters. CloudFormation's end is random."""
    return name[-32:].lstrip("-")
