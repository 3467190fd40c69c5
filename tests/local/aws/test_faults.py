"""Planned failures of AWS calls look to botocore as real ones do, in every protocol, and end when they are used up."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local.aws import faults
from local.aws.in_process import in_process_aws

ONE_ATTEMPT = Config(retries={"total_max_attempts": 1})
TOPIC = "arn:aws:sns:us-west-2:123456789012:none"


@pytest.fixture(autouse=True)
def _aws() -> Iterator[None]:
    faults.install()
    with in_process_aws({}):
        yield
    faults.fail_no_more()


def call(service: str, operation: str, arguments: dict[str, Any]) -> str:
    client: Any = boto3.client(service, config=ONE_ATTEMPT)  # type: ignore[call-overload]
    try:
        getattr(client, operation)(**arguments)
    except ClientError as error:
        return f"{error.response['Error']['Code']} {error.response['ResponseMetadata']['HTTPStatusCode']}"
    return "done"


@pytest.mark.parametrize(
    ("service", "operation", "method", "arguments"),
    [
        ("dynamodb", "ListTables", "list_tables", {}),
        ("globalaccelerator", "ListAccelerators", "list_accelerators", {}),
        ("elbv2", "DescribeLoadBalancers", "describe_load_balancers", {}),
        ("stepfunctions", "ListStateMachines", "list_state_machines", {}),
        ("secretsmanager", "ListSecrets", "list_secrets", {}),
        ("sns", "ListTopics", "list_topics", {}),
        ("events", "ListRules", "list_rules", {}),
    ],
)
def test_a_call_fails_as_planned_and_the_next_one_does_not(
    service: str, operation: str, method: str, arguments: dict[str, Any]
) -> None:
    faults.fail_next(service, operation, "AccessDeniedException")
    faults.fail_next(service, operation, "ServiceUnavailable", status=503)

    assert [call(service, method, arguments) for _ in range(3)] == [
        "AccessDeniedException 400",
        "ServiceUnavailable 503",
        "done",
    ]


def test_other_operations_go_on() -> None:
    faults.fail_next("sns", "Publish", "InternalError", status=500)
    assert call("sns", "list_topics", {}) == "done"
    assert call("sns", "publish", {"TopicArn": TOPIC, "Message": "x"}) == "InternalError 500"


def test_plans_can_be_dropped() -> None:
    faults.fail_next("sns", "ListTopics", "InternalError", times=5)
    faults.fail_no_more()
    assert call("sns", "list_topics", {}) == "done"
