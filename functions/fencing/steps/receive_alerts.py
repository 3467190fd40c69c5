"""The webhook: who sends, what do they ask for, and an execution for each alert that is to be acted on."""

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any

from fencing.adapters.executions import Executions
from fencing.alert import Alert
from fencing.authentication import CHALLENGE, BasicAuthenticator
from fencing.decisions.parse_alerts import MAX_ALERTS, ParsedAlerts, parse_alerts
from fencing.errors import (
    AlertExhausted,
    FencingError,
    Malformed,
    MethodNotAllowed,
    RequestRejected,
    TooLarge,
    Unauthorized,
)
from fencing.observability import logger
from fencing.settings import Sites

MAX_BODY_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the webhook looks at of an HTTP request; `body` is as the function URL gave it, text or base64."""

    method: str
    authorization: str
    body: str
    is_base64: bool


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP response with a JSON body."""

    status: HTTPStatus
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)

    def to_function_url(self) -> dict[str, Any]:
        """Give the response in the payload format 2.0 of function URLs."""
        headers = {"content-type": "application/json", **self.headers}
        return {"statusCode": self.status.value, "headers": headers, "body": json.dumps(self.body)}


@dataclass(frozen=True, slots=True)
class ReceiveAlerts:
    """Nothing of a request is looked at before its credentials.

    `dns_names` are those of the stack's accelerators; empty when they are given by ARN.
    """

    authenticator: BasicAuthenticator
    sites: Sites
    dns_names: tuple[str, ...]
    executions: Executions
    now: Callable[[], datetime]

    def __call__(self, request: Request) -> Response:
        """Respond to a request, whatever it is: the table is in docs/configuration.md, What the webhook answers."""
        response = self._respond(request)
        logger.info("request answered", status=response.status.value)
        return response

    def _respond(self, request: Request) -> Response:
        try:
            self.authenticator.authenticate(request.authorization)
            if request.method != "POST":
                raise MethodNotAllowed("This webhook takes POST only.")
            parsed = parse_alerts(_document(request), sites=self.sites, dns_names=self.dns_names, now=self.now())
            return self._start(parsed)
        except RequestRejected as error:
            logger.warning(
                "request rejected", status=error.status.value, reason=str(error), credentials=error.credentials
            )
            return _rejection(error)
        except FencingError as error:
            logger.exception("request not served")
            reason = f"{type(error).__name__}: see the webhook's log."
            return Response(HTTPStatus.SERVICE_UNAVAILABLE, {"error": reason})

    def _start(self, parsed: ParsedAlerts) -> Response:
        if parsed.truncated:
            logger.warning("alerts truncated by Alertmanager", truncated=parsed.truncated)
        for alert in parsed.refused:
            logger.warning("alert refused", index=alert.index, reason=alert.reason)
        started, exhausted = self._start_executions(parsed.alerts)
        body = {"executions": started, "ignored": parsed.ignored}
        if parsed.refused:
            body["refused"] = [{"alert": alert.index, "reason": alert.reason} for alert in parsed.refused]
        if exhausted:
            return Response(HTTPStatus.SERVICE_UNAVAILABLE, body | {"error": " ".join(exhausted)})
        if parsed.over_limit:
            error = f"At most {MAX_ALERTS} firing alerts are acted on; {parsed.over_limit} were left out."
            return Response(TooLarge.status, body | {"error": error})
        if parsed.refused:
            return Response(HTTPStatus.UNPROCESSABLE_ENTITY, body | {"error": "Some alerts can't be acted on."})
        return Response(HTTPStatus.ACCEPTED if started else HTTPStatus.OK, body)

    def _start_executions(self, alerts: Iterable[Alert]) -> tuple[list[dict[str, str]], list[str]]:
        """Start what can be started; an alert whose executions keep failing doesn't keep the others from theirs.

        When Step Functions doesn't answer, the other alerts wait for the retry: each would take its seconds as well.
        """
        started, exhausted = [], []
        for alert in alerts:
            try:
                name = self.executions.start(alert, self.now())
            except AlertExhausted as error:
                logger.exception("executions keep failing", **alert.to_state())
                exhausted.append(str(error))
                continue
            logger.info("execution started or running", correlation_id=name, **alert.to_state())
            started.append(
                {
                    "reporter": alert.reporter,
                    "site": alert.offline_site,
                    "fingerprint": alert.fingerprint,
                    "execution": name,
                }
            )
        return started, exhausted


def _document(request: Request) -> Any:
    try:
        body = base64.b64decode(request.body, validate=True) if request.is_base64 else request.body.encode()
    except (binascii.Error, ValueError) as error:
        raise Malformed("The body is no valid base64 or UTF-8.") from error
    if len(body) > MAX_BODY_BYTES:
        raise TooLarge(f"The body has more than {MAX_BODY_BYTES} bytes.")
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Malformed("The body is no JSON.") from error


def _rejection(error: RequestRejected) -> Response:
    headers = {"www-authenticate": CHALLENGE} if isinstance(error, Unauthorized) else {}
    if isinstance(error, MethodNotAllowed):
        headers = {"allow": "POST"}
    return Response(error.status, {"error": str(error)}, headers)
