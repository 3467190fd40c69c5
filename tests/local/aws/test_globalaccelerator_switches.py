"""What tests and the simulated world can make Global Accelerator do: be busy, stale, ill, slow."""

import time

import boto3
import pytest
from botocore.config import Config

from local.aws.globalaccelerator import GlobalAcceleratorBackend
from tests.local.aws.accelerators import (
    A,
    B,
    C,
    accelerator,
    add,
    client,
    endpoint_group,
    endpoint_ids,
    endpoints,
    listener,
    remove,
)
from tests.local.aws.probes.probe import error_code

pytestmark = pytest.mark.usefixtures("account")


def test_the_next_accelerator_can_be_given_its_dns_name(accelerators: GlobalAcceleratorBackend):
    accelerators.name_next_accelerator("a3da6a6cbd4e27b02.awsglobalaccelerator.com")
    given, random = accelerator("given", IpAddressType="DUAL_STACK"), accelerator("random")
    assert given["DnsName"] == "a3da6a6cbd4e27b02.awsglobalaccelerator.com"
    assert given["DualStackDnsName"] == "a3da6a6cbd4e27b02.dualstack.awsglobalaccelerator.com"
    assert random["DnsName"].startswith("a")
    assert random["DnsName"] != given["DnsName"]
    assert "DualStackDnsName" not in random


def test_a_change_is_in_progress_for_a_while(accelerators: GlobalAcceleratorBackend):
    accelerators.propagation_seconds = 0.0
    made = accelerator()["AcceleratorArn"]
    group = endpoint_group(A, of=listener(made))
    assert client().describe_accelerator(AcceleratorArn=made)["Accelerator"]["Status"] == "DEPLOYED"
    accelerators.propagation_seconds = 0.2
    remove(group, A)
    assert client().describe_accelerator(AcceleratorArn=made)["Accelerator"]["Status"] == "IN_PROGRESS"
    time.sleep(0.25)
    assert client().describe_accelerator(AcceleratorArn=made)["Accelerator"]["Status"] == "DEPLOYED"


def test_busy_refuses_what_the_api_may_refuse_so(accelerators: GlobalAcceleratorBackend):
    group = endpoint_group(A, B)
    accelerators.busy(calls=2)
    assert endpoint_ids(group) == [A, B]  # reading isn't refused
    client().update_endpoint_group(EndpointGroupArn=group, ThresholdCount=1)  # nor is this, says the model
    assert error_code(lambda: remove(group, A)) == "TransactionInProgressException"
    assert error_code(lambda: add(group, C)) == "TransactionInProgressException"
    assert endpoint_ids(group) == [A, B]
    remove(group, A)
    assert endpoint_ids(group) == [B]


def test_stale_reads_show_the_state_before_the_last_change(accelerators: GlobalAcceleratorBackend):
    of = listener(accelerator()["AcceleratorArn"])
    group = endpoint_group(A, B, of=of)
    remove(group, A)
    accelerators.stale_reads(2)
    assert endpoint_ids(group) == [A, B]
    listed = client().list_endpoint_groups(ListenerArn=of)["EndpointGroups"][0]["EndpointDescriptions"]
    assert [endpoint["EndpointId"] for endpoint in listed] == [A, B]
    assert endpoint_ids(group) == [B]


def test_health_is_of_the_endpoint_in_every_group(accelerators: GlobalAcceleratorBackend):
    made = accelerator()["AcceleratorArn"]
    groups = [endpoint_group(A, B, of=listener(made, port)) for port in (80, 443)]
    accelerators.set_health(A, "UNHEALTHY")
    accelerators.set_health(B, "INITIAL")
    for group in groups:
        assert [endpoint["HealthState"] for endpoint in endpoints(group)] == ["UNHEALTHY", "INITIAL"]


def test_standard_retries_get_over_a_transaction_in_progress(accelerators: GlobalAcceleratorBackend):
    group = endpoint_group(A)
    accelerators.busy(calls=1)
    patient = boto3.client(
        "globalaccelerator", "us-west-2", config=Config(retries={"mode": "standard", "total_max_attempts": 2})
    )
    answer = patient.remove_endpoints(EndpointGroupArn=group, EndpointIdentifiers=[{"EndpointId": A}])
    assert answer["ResponseMetadata"]["RetryAttempts"] == 1
