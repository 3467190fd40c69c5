"""Defects of moto's load balancers, DynamoDB, IAM and CloudWatch, and what it lacks of Global Accelerator."""

import functools
import importlib
import json
import threading
import time
from typing import Any

import boto3
from moto import backend_index

from tests.local.aws.functions import TRUST
from tests.local.aws.probes.probe import Probes, error_code, name, pause, replaced

PROBES = Probes()


def default_subnet() -> str:
    """The id of one in the default VPC."""
    defaults = [{"Name": "default-for-az", "Values": ["true"]}]
    return str(boto3.client("ec2").describe_subnets(Filters=defaults)["Subnets"][0]["SubnetId"])


def network_load_balancer() -> str:
    """The ARN of a new one."""
    made = boto3.client("elbv2").create_load_balancer(Name=name("nlb"), Type="network", Subnets=[default_subnet()])
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
    pause(10.0)
    gone = error_code(lambda: client.describe_tags(ResourceArns=[arn]))
    return [arn.split(":")[5].rpartition("/")[0], many, elsewhere, gone]


@PROBES.add(plain=2, repaired=1)
def lets_one_of_two_conditional_writes_pass() -> Any:
    """Both writes check the condition before either writes: here always, otherwise now and then."""
    client = boto3.client("dynamodb")
    client.create_table(
        TableName=name("t"),
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
    )
    client.get_waiter("table_exists").wait(TableName=name("t"))
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
        if error_code(lambda: client.put_item(TableName=name("t"), Item=item, ConditionExpression=condition)) == "none":
            passed.append(value)

    with replaced(table, "get_expected", check_slowly):
        writers = [threading.Thread(target=write, args=(value,)) for value in ("one", "two")]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
    return len(passed)


@PROBES.add(plain=False, repaired=True, only_in_moto="which services moto has")
def has_a_global_accelerator() -> Any:
    return "globalaccelerator" in {service for service, _ in backend_index.backend_url_patterns}


def make_role() -> Any:
    """Make the role "r", and return a client."""
    client = boto3.client("iam")
    client.create_role(RoleName=name("r"), AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", **TRUST}))
    return client


@PROBES.add(plain=["none", "none"], repaired=["MalformedPolicyDocument", "MalformedPolicyDocument"])
def checks_trust_policies() -> Any:
    """An empty one, and one without a principal."""
    create = boto3.client("iam").create_role
    nobody = json.dumps({"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole"}]})
    return [
        error_code(functools.partial(create, RoleName=name("empty"), AssumeRolePolicyDocument="{}")),
        error_code(functools.partial(create, RoleName=name("nobody"), AssumeRolePolicyDocument=nobody)),
    ]


@PROBES.add(plain=["MalformedPolicyDocument", "none"], repaired=["none", "MalformedPolicyDocument"])
def checks_policies_of_roles() -> Any:
    """One without a version, which AWS takes, and one with a principal."""
    put = functools.partial(make_role().put_role_policy, RoleName=name("r"), PolicyName="p")
    good = {"Effect": "Allow", "Action": "sns:Publish", "Resource": "*"}
    bad = {"Version": "2012-10-17", "Statement": [{**good, "Principal": "*"}]}
    return [
        error_code(functools.partial(put, PolicyDocument=json.dumps(policy))) for policy in ({"Statement": [good]}, bad)
    ]


@PROBES.add(plain="MalformedPolicyDocument", repaired="none")
def takes_a_trust_policy_without_a_version() -> Any:
    iam = make_role()
    return error_code(lambda: iam.update_assume_role_policy(RoleName=name("r"), PolicyDocument=json.dumps(TRUST)))


@PROBES.add(plain="NoSuchEntity", repaired="none")
def attaches_policies_of_aws() -> Any:
    iam = make_role()
    arn = "arn:aws:iam::aws:policy/AWSXrayWriteOnlyAccess"
    return error_code(lambda: iam.attach_role_policy(RoleName=name("r"), PolicyArn=arn))


@PROBES.add(plain=["none", "none"], repaired=["ValidationError", "InvalidParameterInput"])
def refuses_an_alarm_and_a_dashboard_of_nothing() -> Any:
    client = boto3.client("cloudwatch")
    compared = {"EvaluationPeriods": 1, "ComparisonOperator": "GreaterThanThreshold", "Threshold": 1.0}
    return [
        error_code(lambda: client.put_metric_alarm(AlarmName=name("a"), **compared)),
        error_code(lambda: client.put_dashboard(DashboardName=name("d"), DashboardBody="{}")),
    ]
