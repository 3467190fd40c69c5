"""The loss of a region's load balancer API. The repairs themselves are in test_moto_repairs.py."""

from collections.abc import Iterator

import boto3
import pytest
from botocore.exceptions import ClientError

from local.aws import load_balancers


@pytest.fixture
def region(account) -> Iterator[str]:
    yield "eu-west-1"
    load_balancers.regain_all_regions()


def test_a_lost_region_answers_503_to_everything(region: str):
    load_balancers.lose_region(region)
    client = boto3.client("elbv2", region)
    with pytest.raises(ClientError) as caught:
        client.describe_load_balancers()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503
    assert caught.value.response["Error"]["Code"] == "ServiceUnavailable"


def test_other_regions_stay_and_the_lost_one_comes_back(region: str):
    load_balancers.lose_region(region)
    assert boto3.client("elbv2", "us-west-2").describe_load_balancers()["LoadBalancers"] == []
    load_balancers.regain_region(region)
    assert boto3.client("elbv2", region).describe_load_balancers()["LoadBalancers"] == []
