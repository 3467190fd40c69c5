"""The translation of AWS's errors into ours."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)
from botocore.retries import standard

from fencing.adapters.aws import CLIENT_CONFIG, aws_errors
from fencing.errors import AcceleratorUnavailable, AccessDenied, FencingError, RequestRefused
from local.aws import InProcessAws
from tests.unit.adapters.failing_clients import answer, error

URL = "https://globalaccelerator.us-west-2.amazonaws.com"
# LimitExceededException throttles some services; Global Accelerator says it of a quota, which no retry helps against.
BOTOCORE: Any = standard  # its types leave these lists out
THROTTLING = set(BOTOCORE.ThrottledRetryableChecker._THROTTLED_ERROR_CODES) - {"LimitExceededException"}
PASSING = THROTTLING | set(BOTOCORE.TransientRetryableChecker._TRANSIENT_ERROR_CODES)


def translated(raised: Exception) -> FencingError:
    with pytest.raises(FencingError) as caught, aws_errors(AcceleratorUnavailable, "reading the endpoint groups"):
        raise raised
    assert caught.value.__cause__ is raised
    return caught.value


def client_error(code: str, status: int) -> ClientError:
    answered = {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answered, "ListEndpointGroups")  # type: ignore[arg-type]


@pytest.mark.parametrize("code", sorted(PASSING))
def test_what_botocore_knows_as_passing_is_passing_here(code: str) -> None:
    assert type(translated(client_error(code, 400))) is AcceleratorUnavailable


@pytest.mark.parametrize("status", [500, 502, 503, 504, 507])
def test_any_5xx_may_pass_whatever_its_name(status: int) -> None:
    assert type(translated(client_error("SomethingNew", status))) is AcceleratorUnavailable


@pytest.mark.parametrize("code", ["InternalServiceErrorException", "InternalServerError", "InternalServiceError"])
def test_internal_errors_may_pass_even_without_a_status(code: str) -> None:
    assert type(translated(ClientError({"Error": {"Code": code}}, "GetItem"))) is AcceleratorUnavailable


@pytest.mark.parametrize(
    "raised",
    [
        ConnectTimeoutError(endpoint_url=URL),
        ReadTimeoutError(endpoint_url=URL),
        EndpointConnectionError(endpoint_url=URL),
        ConnectionClosedError(endpoint_url=URL),
    ],
    ids=lambda raised: type(raised).__name__,
)
def test_no_answer_may_pass(raised: Exception) -> None:
    found = translated(raised)
    assert type(found) is AcceleratorUnavailable
    assert str(found) == f"AWS did not answer while reading the endpoint groups: {type(raised).__name__}."


@pytest.mark.parametrize("code", ["AccessDeniedException", "AccessDenied", "UnauthorizedOperation"])
def test_a_denial_is_final_and_names_the_call(code: str) -> None:
    found = translated(client_error(code, 403))
    assert type(found) is AccessDenied
    assert str(found) == "IAM denied ListEndpointGroups while reading the endpoint groups."


@pytest.mark.parametrize("code", ["InvalidArgumentException", "LimitExceededException", "ValidationException"])
def test_an_invalid_request_is_final(code: str) -> None:
    assert type(translated(client_error(code, 400))) is RequestRefused


def test_an_error_of_ours_passes_through_unchanged() -> None:
    with pytest.raises(KeyError), aws_errors(AcceleratorUnavailable, "anything"):
        raise KeyError("ours")


@pytest.mark.parametrize("code", ["TransactionInProgressException", "ThrottlingException"])
def test_clients_try_a_busy_service_once_more_by_themselves(code: str, aws: InProcessAws) -> None:
    client = boto3.client("globalaccelerator", config=CLIENT_CONFIG)
    requests = answer(client, "ListAccelerators", error(code))
    with pytest.raises(AcceleratorUnavailable), aws_errors(AcceleratorUnavailable, "listing"):
        client.list_accelerators()
    assert requests() == 2


def test_clients_give_up_well_within_a_step() -> None:
    config: Any = CLIENT_CONFIG
    seconds_per_attempt = config.connect_timeout + config.read_timeout
    assert config.retries["total_max_attempts"] * seconds_per_attempt <= 15
