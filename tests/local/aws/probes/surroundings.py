"""What moto's CloudFormation lacks of what stands around the application: network load balancers and accelerators."""

from typing import Any

import boto3

from tests.local.aws.probes.probe import Probes
from tests.local.aws.probes.services import default_subnet
from tests.local.aws.probes.stacks import deploy, resources

PROBES = Probes()

DEPLOYED = "tests/aws has them in a stack of its own, for an hour"


@PROBES.add(plain=["loadbalancer/app", {}], repaired=["loadbalancer/net", {"site": "site-a"}], only_in_moto=DEPLOYED)
def makes_a_network_load_balancer_with_its_tags() -> Any:
    deploy(
        """
        Parameters: { Subnet: { Type: String } }
        Resources:
          L:
            Type: AWS::ElasticLoadBalancingV2::LoadBalancer
            Properties: { Type: network, Subnets: [!Ref Subnet], Tags: [{ Key: site, Value: site-a }] }
    """,
        Subnet=default_subnet(),
    )
    client = boto3.client("elbv2")
    (made,) = client.describe_load_balancers()["LoadBalancers"]
    (described,) = client.describe_tags(ResourceArns=[made["LoadBalancerArn"]])["TagDescriptions"]
    kind = made["LoadBalancerArn"].split(":")[5].split("/")[:2]
    return ["/".join(kind), {tag["Key"]: tag["Value"] for tag in described["Tags"]}]


@PROBES.add(plain=[""], repaired=["AWS::GlobalAccelerator::Accelerator"], only_in_moto=DEPLOYED)
def makes_an_accelerator() -> Any:
    deploy("Resources: { A: { Type: AWS::GlobalAccelerator::Accelerator, Properties: { Name: a } } }")
    return resources()
