"""Clients that look to the real adapters like boto3's and urllib3's, and pass every call on to a `ReplayLog`."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError
from botocore.parsers import ResponseParserError
from urllib3.exceptions import ProtocolError
from urllib3.exceptions import ReadTimeoutError as HttpReadTimeoutError

from verification.model.replay_log import ErrorResponse, OutsideCall, ReplayLog

_ENDPOINT = "https://aws.invalid"


def failure_to_raise(failure: ErrorResponse, operation: str) -> Exception:
    """Return the exception with which boto3 tells of this failure."""
    match failure.kind:
        case "error answer":
            answer = {"Error": {"Code": failure.code}, "ResponseMetadata": {"HTTPStatusCode": failure.status}}
            return ClientError(answer, operation)  # type: ignore[arg-type]
        case "time-out":
            return ReadTimeoutError(endpoint_url=_ENDPOINT)
        case "connection reset":
            return ConnectionClosedError(endpoint_url=_ENDPOINT)
        case "malformed answer":
            return ResponseParserError("Unable to parse response")
    raise ValueError(f"no client fails by '{failure.kind}'")


class Aws:
    """One AWS client: `ask(operation, arguments)` is heard or raised as boto3 would."""

    def __init__(self, replay_log: ReplayLog, service: str) -> None:
        self._replay_log = replay_log
        self._service = service

    def ask(self, operation: str, **arguments: Any) -> Any:
        """Return the answer's document."""
        answer = self._replay_log.ask(OutsideCall.of(self._service, operation, arguments))
        if isinstance(answer, ErrorResponse):
            raise failure_to_raise(answer, operation)
        return json.loads(answer.text)


class GlobalAcceleratorClient(Aws):
    """boto3.client("globalaccelerator")."""

    def __init__(self, replay_log: ReplayLog) -> None:
        super().__init__(replay_log, "globalaccelerator")

    def get_paginator(self, operation: str) -> "Paginator":
        """Like boto3."""
        return Paginator(self, operation)

    def remove_endpoints(self, **arguments: Any) -> Any:
        """Like boto3."""
        return self.ask("remove_endpoints", **arguments)


class Paginator:
    """boto3's paginator, of one page."""

    def __init__(self, client: Aws, operation: str) -> None:
        self._client = client
        self._operation = operation

    def paginate(self, PaginationConfig: Any, **arguments: Any) -> Iterator[Any]:  # noqa: N803  (boto3's name)
        """Like boto3."""
        yield self._client.ask(self._operation, **arguments)


class LoadBalancingClient(Aws):
    """boto3.client("elbv2")."""

    def __init__(self, replay_log: ReplayLog) -> None:
        super().__init__(replay_log, "elbv2")

    def describe_tags(self, **arguments: Any) -> Any:
        """Like boto3."""
        return self.ask("describe_tags", **arguments)


class SecretsClient(Aws):
    """boto3.client("secretsmanager")."""

    def __init__(self, replay_log: ReplayLog) -> None:
        super().__init__(replay_log, "secretsmanager")

    def get_secret_value(self, **arguments: Any) -> Any:
        """Like boto3."""
        return self.ask("get_secret_value", **arguments)


class DynamoDbClient(Aws):
    """boto3.client("dynamodb"), for the one table that there is."""

    def __init__(self, replay_log: ReplayLog) -> None:
        super().__init__(replay_log, "dynamodb")

    def get_item(self, *, TableName: str, **arguments: Any) -> Any:  # noqa: N803  (boto3's name)
        """Like boto3."""
        answer = self.ask("get_item", **arguments)
        return {"Item": answer} if answer else {}

    def put_item(self, *, TableName: str, **arguments: Any) -> Any:  # noqa: N803  (boto3's name)
        """Like boto3."""
        return self.ask("put_item", **arguments)

    def update_item(self, *, TableName: str, **arguments: Any) -> Any:  # noqa: N803  (boto3's name)
        """Like boto3."""
        return self.ask("update_item", **arguments)


class FakeHttpResponse:
    """urllib3's response."""

    def __init__(self, status: int, body: str) -> None:
        self.status = status
        self.data = body.encode()


class HttpPool:
    """urllib3.PoolManager, towards the sites' Infinispans."""

    def __init__(self, replay_log: ReplayLog) -> None:
        self._replay_log = replay_log

    def request(self, method: str, url: str, **_: Any) -> FakeHttpResponse:
        """Like urllib3."""
        answer = self._replay_log.ask(OutsideCall.of("infinispan", method, url))
        if not isinstance(answer, ErrorResponse):
            return FakeHttpResponse(200, answer.text)
        match answer.kind:
            case "error answer":
                return FakeHttpResponse(answer.status, answer.code)
            case "malformed answer":
                return FakeHttpResponse(200, "<html>this is no JSON</html>")
            case "time-out":
                raise HttpReadTimeoutError(None, url, "Read timed out.")  # type: ignore[arg-type]
            case "connection reset":
                raise ProtocolError("Connection aborted.", ConnectionResetError(104, "Connection reset by peer"))
        raise ValueError(f"no pool fails by '{answer.kind}'")


def clock(replay_log: ReplayLog) -> Callable[[], str]:
    """Return a clock that asks for the time: an RFC 3339 string."""

    def now() -> str:
        answer = replay_log.ask(OutsideCall.of("clock", "now", None))
        if isinstance(answer, ErrorResponse):
            raise TypeError("a clock doesn't fail")
        return str(json.loads(answer.text))

    return now
