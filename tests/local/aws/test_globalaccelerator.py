"""The Global Accelerator backend, through boto3 and against botocore's own model of the API."""

from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from botocore.model import Shape, StructureShape

from tests.local.aws.accelerators import (
    LOAD_BALANCER,
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


def undocumented(answer: Any, shape: Shape, path: str = "") -> list[str]:
    """The members of `answer` that botocore's model doesn't know."""
    if isinstance(shape, StructureShape):
        unknown = [f"{path}.{name}" for name in answer if name not in shape.members and name != "ResponseMetadata"]
        known = [name for name in answer if name in shape.members]
        return unknown + [
            u for name in known for u in undocumented(answer[name], shape.members[name], f"{path}.{name}")
        ]
    if isinstance(answer, list):
        member: Any = shape
        return [u for item in answer for u in undocumented(item, member.member, path)]
    return []


def test_answers_have_the_members_of_the_model():
    api = client()
    model = api.meta.service_model
    made = accelerator(IpAddressType="DUAL_STACK")
    of = listener(made["AcceleratorArn"])
    group = endpoint_group(A, B, of=of)
    answers = {
        "ListAccelerators": api.list_accelerators(),
        "DescribeAccelerator": api.describe_accelerator(AcceleratorArn=made["AcceleratorArn"]),
        "ListListeners": api.list_listeners(AcceleratorArn=made["AcceleratorArn"]),
        "DescribeListener": api.describe_listener(ListenerArn=of),
        "ListEndpointGroups": api.list_endpoint_groups(ListenerArn=of),
        "DescribeEndpointGroup": api.describe_endpoint_group(EndpointGroupArn=group),
        "UpdateEndpointGroup": api.update_endpoint_group(EndpointGroupArn=group, ThresholdCount=5),
        "AddEndpoints": api.add_endpoints(EndpointGroupArn=group, EndpointConfigurations=[{"EndpointId": C}]),
    }
    for operation, answer in answers.items():
        assert undocumented(answer, model.operation_model(operation).output_shape) == [], operation
        assert len(answer) > 1, operation
    described = answers["DescribeEndpointGroup"]["EndpointGroup"]
    assert set(described) == set(model.shape_for("EndpointGroup").members) - {"HealthCheckPath"}
    assert set(described["EndpointDescriptions"][0]) == set(model.shape_for("EndpointDescription").members) - {
        "HealthReason"
    }


def test_arns_are_shaped_as_those_of_aws():
    group = endpoint_group(A)
    service, kind = group.split("/")[0], group.split("/")[2::2]
    assert (service, kind) == ("arn:aws:globalaccelerator::123456789012:accelerator", ["listener", "endpoint-group"])


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("describe_endpoint_group", {}),
        ("remove_endpoints", {"EndpointGroupArn": "g", "EndpointIdentifiers": []}),
        ("update_endpoint_group", {"EndpointGroupArn": "g", "EndpointConfigurations": [{"Weight": 256}]}),
        ("list_accelerators", {"MaxResults": 101}),
    ],
)
def test_what_the_model_forbids_is_an_invalid_argument(operation: str, parameters: dict[str, Any]):
    """The backend checks by itself: not every client is boto3."""
    call = getattr(client(parameter_validation=False), operation)
    assert error_code(lambda: call(**parameters)) == "InvalidArgumentException"


@pytest.mark.parametrize(
    ("operation", "parameters", "code"),
    [
        ("describe_accelerator", {"AcceleratorArn": "x"}, "AcceleratorNotFoundException"),
        ("list_listeners", {"AcceleratorArn": "x"}, "AcceleratorNotFoundException"),
        ("list_endpoint_groups", {"ListenerArn": "x"}, "ListenerNotFoundException"),
        ("describe_endpoint_group", {"EndpointGroupArn": "x"}, "EndpointGroupNotFoundException"),
        ("update_endpoint_group", {"EndpointGroupArn": "x"}, "EndpointGroupNotFoundException"),
    ],
)
def test_what_is_not_there_is_named(operation: str, parameters: dict[str, Any], code: str):
    assert error_code(lambda: getattr(client(), operation)(**parameters)) == code


def test_25_accelerators_are_three_pages():
    names = [f"number-{number}" for number in range(25)]
    for name in names:
        accelerator(name)
    first = client().list_accelerators()
    assert [found["Name"] for found in first["Accelerators"]] == names[:10]
    pages = list(client().get_paginator("list_accelerators").paginate())
    assert [len(page["Accelerators"]) for page in pages] == [10, 10, 5]
    assert [found["Name"] for page in pages for found in page["Accelerators"]] == names
    assert len(client().list_accelerators(MaxResults=100)["Accelerators"]) == 25


def test_listeners_and_endpoint_groups_are_paged():
    made = accelerator()["AcceleratorArn"]
    listeners = [listener(made, port) for port in range(1, 13)]
    assert len(client().list_listeners(AcceleratorArn=made)["Listeners"]) == 10
    regions = [f"region-{number}" for number in range(11)]
    for region in regions:
        endpoint_group(region=region, of=listeners[0])
    pages = list(client().get_paginator("list_endpoint_groups").paginate(ListenerArn=listeners[0]))
    assert [g["EndpointGroupRegion"] for page in pages for g in page["EndpointGroups"]] == regions


@pytest.mark.parametrize("token", ["nonsense", "e30="])
def test_a_made_up_token_is_refused(token: str):
    accelerator()
    assert error_code(lambda: client().list_accelerators(NextToken=token)) == "InvalidNextTokenException"


def test_update_replaces_all_endpoints():
    group = endpoint_group(A, B)
    client().update_endpoint_group(EndpointGroupArn=group, EndpointConfigurations=[{"EndpointId": B, "Weight": 7}])
    assert [(endpoint["EndpointId"], endpoint["Weight"]) for endpoint in endpoints(group)] == [(B, 7)]


def test_update_leaves_what_it_is_not_given():
    group = endpoint_group(A, B)
    client().update_endpoint_group(EndpointGroupArn=group, TrafficDialPercentage=50.0)
    described = client().describe_endpoint_group(EndpointGroupArn=group)["EndpointGroup"]
    assert described["TrafficDialPercentage"] == 50.0
    assert endpoint_ids(group) == [A, B]


def test_add_and_remove_leave_the_other_endpoints():
    group = endpoint_group(A)
    kept = endpoints(group)[0]
    added = [{"EndpointId": B, "Weight": 3, "ClientIPPreservationEnabled": True}]
    answer = client().add_endpoints(EndpointGroupArn=group, EndpointConfigurations=added)
    assert [endpoint["EndpointId"] for endpoint in answer["EndpointDescriptions"]] == [A, B]
    assert endpoints(group)[1]["ClientIPPreservationEnabled"] is True
    remove(group, B)
    assert endpoints(group) == [kept]


def test_a_group_can_be_emptied():
    group = endpoint_group(A)
    remove(group, A)
    assert endpoint_ids(group) == []


def test_removing_an_absent_endpoint_changes_nothing():
    """Not documented by AWS: see `GlobalAcceleratorBackend.remove_endpoints`."""
    group = endpoint_group(A)
    remove(group, B)
    assert endpoint_ids(group) == [A]


def test_a_group_takes_ten_endpoints_of_its_own_region():
    group = endpoint_group(*(LOAD_BALANCER.format(number) for number in range(10)))
    assert error_code(lambda: add(group, A)) == "LimitExceededException"
    assert error_code(lambda: add(group, A.replace("eu-west-1", "eu-west-2"))) == "InvalidArgumentException"
    assert len(endpoints(group)) == 10


def test_a_listener_has_one_group_per_region():
    of = listener(accelerator()["AcceleratorArn"])
    endpoint_group(A, of=of)
    assert error_code(lambda: endpoint_group(B, of=of)) == "EndpointGroupAlreadyExistsException"
    endpoint_group(region="eu-west-2", of=of)


def test_what_has_parts_cannot_be_deleted():
    made = accelerator()["AcceleratorArn"]
    of = listener(made)
    group = endpoint_group(A, of=of)
    api = client()
    assert error_code(lambda: api.delete_listener(ListenerArn=of)) == "AssociatedEndpointGroupFoundException"
    api.delete_endpoint_group(EndpointGroupArn=group)
    assert error_code(lambda: api.delete_accelerator(AcceleratorArn=made)) == "AssociatedListenerFoundException"
    api.delete_listener(ListenerArn=of)
    assert error_code(lambda: api.delete_accelerator(AcceleratorArn=made)) == "AcceleratorNotDisabledException"
    api.update_accelerator(AcceleratorArn=made, Enabled=False)
    api.delete_accelerator(AcceleratorArn=made)
    assert api.list_accelerators()["Accelerators"] == []


def test_no_other_region_answers():
    with pytest.raises(EndpointConnectionError, match=r"globalaccelerator\.eu-west-1\.amazonaws\.com"):
        client("eu-west-1").list_accelerators()


def test_errors_are_those_of_the_model():
    """So that botocore gives clients the exception classes that they catch by name."""
    with pytest.raises(client().exceptions.EndpointGroupNotFoundException) as caught:
        client().describe_endpoint_group(EndpointGroupArn="x")
    error: ClientError = caught.value
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 400
