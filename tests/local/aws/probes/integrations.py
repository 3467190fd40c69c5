"""Errors of the services that a state machine calls: of SNS and EventBridge themselves, and what a Catch sees."""

import json
import re
from functools import partial
from typing import Any

import boto3
from botocore.exceptions import ClientError, EndpointConnectionError

from tests.local.aws.probes.probe import Probes, name
from tests.local.aws.probes.refusals import INJECTED, catch, invoked, raising, ran, sentence

PROBES = Probes()

LIMIT = 262_144
BUS_LIMIT = 1_048_576


def topic() -> str:
    return str(boto3.client("sns").create_topic(Name=name("topic"))["TopicArn"])


def without_ids(text: str) -> str:
    return re.sub("[0-9a-f]{8}-[0-9a-f-]{27}", "ID", re.sub("Request ID: [^;]+", "Request ID: ID", text))


INVALID_SUBJECT = "InvalidParameter: Invalid parameter: Subject"
ALSO_LONG = "InvalidParameter: Subject must be less than 100 characters"


@PROBES.add(
    plain=["none", "none", ALSO_LONG, "none", "none", "none"],
    repaired=["none", INVALID_SUBJECT, INVALID_SUBJECT, INVALID_SUBJECT, INVALID_SUBJECT, "none"],
)
def refuses_subjects() -> Any:
    arn, sns = topic(), boto3.client("sns")
    subjects = ("x" * 99, "x" * 100, "x" * 101, "two\nlines", "", "Zürich")
    return [sentence(partial(sns.publish, TopicArn=arn, Message="m", Subject=subject)) for subject in subjects]


@PROBES.add(
    plain=["none", "none", "none", "none"],
    repaired=[
        "none",
        *["InvalidParameter: Invalid parameter: Message too long"] * 2,
        "InvalidParameter: Invalid parameter: Empty message",
    ],
)
def refuses_messages() -> Any:
    """A message counts in bytes, with its attributes."""
    arn, sns = topic(), boto3.client("sns")
    attribute = {"name": {"DataType": "String", "StringValue": "value"}}
    messages: list[dict[str, Any]] = [
        {"Message": "x" * LIMIT},
        {"Message": "ä" * (LIMIT // 2) + "x"},
        {"Message": "x" * (LIMIT - 14), "MessageAttributes": attribute},
        {"Message": ""},
    ]
    return [sentence(partial(sns.publish, TopicArn=arn, **message)) for message in messages]


@PROBES.add(
    plain="none",
    repaired="SNS.InvalidParameterException: Invalid parameter: Subject (Service: AmazonSNS; Status Code: 400; Error "
    "Code: InvalidParameter; Request ID: ID; Proxy: null)",
)
def names_the_error_of_a_wrong_subject() -> Any:
    arguments = {"TopicArn": topic(), "Message": "m", "Subject": "two\nlines"}
    task = {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Arguments": arguments, "Output": "none"}
    return without_ids(ran({"Publish": {**task, "End": True}}))


@PROBES.add(
    plain=["Lambda.AccessDeniedException", "Lambda.TooManyRequestsException", "States.Runtime"],
    repaired=["Lambda.AWSLambdaException", "Lambda.TooManyRequestsException", "Lambda.SdkClientException"],
    only_in_moto=INJECTED,
)
def names_the_errors_of_lambda() -> Any:
    """An error that the service's model doesn't list has the name of the SDK's base class."""
    refused = {"HTTPStatusCode": 403, "RequestId": "ID", "HTTPHeaders": {}, "HostId": "", "RetryAttempts": 0}
    codes = ("AccessDeniedException", "TooManyRequestsException")
    errors: list[Exception] = [
        ClientError({"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": refused}, "Invoke")  # type: ignore[typeddict-item]
        for code in codes
    ]
    errors.append(EndpointConnectionError(endpoint_url="https://lambda"))
    return [invoked(raising(error)).partition(":")[0] for error in errors]


ENTRY = {"Source": "s", "DetailType": "t", "Detail": {}}


def put(*entries: dict[str, Any], **more: Any) -> str:
    """How an execution ended that puts these entries: "none" when nothing failed."""
    task = {"Type": "Task", "Resource": "arn:aws:states:::events:putEvents", "Arguments": {"Entries": list(entries)}}
    caught = {"Type": "Pass", "End": True}
    return without_ids(ran({"Put": {**task, "Output": "none", "End": True, **more}, "Caught": caught}))


@PROBES.add(
    plain="none",
    repaired='string: {"FailedEntryCount":1,"Entries":[{"EventId":"ID"},{"ErrorCode":"MalformedDetail",'
    '"ErrorMessage":"Detail is malformed."}]}',
)
def fails_for_an_entry_that_failed() -> Any:
    """The cause is text, of JSON."""
    cause = "{% $type($states.errorOutput.Cause) & ': ' & $states.errorOutput.Cause %}"
    catches = catch("EventBridge.FailedEntry", Output=cause)
    return put(ENTRY, {**ENTRY, "Detail": "5"}, Catch=catches).replace('\\"', '"')


@PROBES.add(
    plain=["none", "none"],
    repaired=["none", "ValidationException: Total size of the entries in the request is over the limit."],
)
def limits_the_size_of_events() -> Any:
    client = boto3.client("events")
    details = ("x" * (BUS_LIMIT - 10), "x" * (BUS_LIMIT - 9))
    entries: list[Any] = [[{**ENTRY, "Detail": json.dumps({"d": detail}, separators=(",", ":"))}] for detail in details]
    return [sentence(partial(client.put_events, Entries=entry)) for entry in entries]


@PROBES.add(
    plain="States.Runtime",
    repaired="EventBridge.AmazonEventBridgeException: 1 validation error detected: Value '[PutEventsRequestEntry]' at "
    "'entries' failed to satisfy constraint: Member must have length less than or equal to 10 (Service: "
    "AmazonEventBridge; Status Code: 400; Error Code: ValidationException; Request ID: ID; Proxy: null)",
)
def names_the_errors_of_eventbridge() -> Any:
    ended = put(*[ENTRY] * 11)
    return ended if ended.startswith("EventBridge") else ended.partition(":")[0]
