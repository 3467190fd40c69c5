"""Defects of moto's load balancers and DynamoDB, and what it lacks of Global Accelerator."""

import importlib
import threading
import time
from typing import Any

import boto3
from moto import backend_index

from tests.local.aws.probes.probe import Probes, error_code, replaced

PROBES = Probes()


def network_load_balancer() -> str:
    """The ARN of a new one."""
    subnet = boto3.client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
    made = boto3.client("elbv2").create_load_balancer(Name="nlb", Type="network", Subnets=[subnet])
    return made["LoadBalancers"][0]["LoadBalancerArn"]


@PROBES.add(
    plain=["loadbalancer/app/nlb", "none", "none", "none"],
    repaired=["loadbalancer/net/nlb", "ValidationError", "ValidationError", "LoadBalancerNotFound"],
)
def knows_network_load_balancers() -> Any:
    """The ARN's type; at most 20 per DescribeTags; none of another region; none that is gone."""
    client = boto3.client("elbv2")
    arn = network_load_balancer()
    many = error_code(lambda: client.describe_tags(ResourceArns=[arn] * 21))
    elsewhere = error_code(lambda: boto3.client("elbv2", "eu-west-1").describe_tags(ResourceArns=[arn]))
    client.delete_load_balancer(LoadBalancerArn=arn)
    gone = error_code(lambda: client.describe_tags(ResourceArns=[arn]))
    return [arn.split(":")[5].rpartition("/")[0], many, elsewhere, gone]


@PROBES.add(plain=2, repaired=1)
def lets_one_of_two_conditional_writes_pass() -> Any:
    """Both writes check the condition before either writes: here always, otherwise now and then."""
    client = boto3.client("dynamodb")
    client.create_table(
        TableName="t",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
    )
    table: Any = importlib.import_module("moto.dynamodb.models.table")
    passed: list[str] = []
    check = table.get_expected

    def check_slowly(expected: Any) -> Any:
        found = check(expected)
        time.sleep(0.2)
        return found

    def write(value: str) -> None:
        item = {"k": {"S": "same"}, "v": {"S": value}}
        condition = "attribute_not_exists(k)"
        if error_code(lambda: client.put_item(TableName="t", Item=item, ConditionExpression=condition)) == "none":
            passed.append(value)

    with replaced(table, "get_expected", check_slowly):
        writers = [threading.Thread(target=write, args=(value,)) for value in ("one", "two")]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
    return len(passed)


@PROBES.add(plain=False, repaired=True)
def has_a_global_accelerator() -> Any:
    return "globalaccelerator" in {service for service, _ in backend_index.backend_url_patterns}
