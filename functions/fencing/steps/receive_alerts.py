"""The webhook: who sends, what do they ask for, and an execution for each alert that is to be acted on."""

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fencing.adapters.executions import Executions
from fencing.alert import Alert
from fencing.decisions.admit_alerts import MOST_ALERTS, Admission, Admitter
from fencing.doorkeeper import CHALLENGE, Doorkeeper
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

LARGEST_BODY = 256 * 1024
_OK, _ACCEPTED, _UNPROCESSABLE, _UNAVAILABLE = 200, 202, 422, 503


@dataclass(frozen=True, slots=True)
class Request:
    """What the webhook looks at of an HTTP request; `body` is as the function URL gave it, text or base64."""

    method: str
    authorization: str
    body: str
    is_base64: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer with a JSON body."""

    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)

    def to_function_url(self) -> dict[str, Any]:
        """Give the answer in the payload format 2.0 of function URLs."""
        headers = {"content-type": "application/json", **self.headers}
        return {"statusCode": self.status, "headers": headers, "body": json.dumps(self.body)}


@dataclass(frozen=True, slots=True)
class ReceiveAlerts:
    """Nothing of a request is looked at before its credentials."""

    doorkeeper: Doorkeeper
    admitter: Admitter
    executions: Executions
    now: Callable[[], datetime]

    def __call__(self, request: Request) -> Answer:
        """Answer a request, always: the table is in README, Connecting Alertmanager."""
        answer = self._answer(request)
        logger.info("request answered", status=answer.status)
        return answer

    def _answer(self, request: Request) -> Answer:
        try:
            self.doorkeeper.admit(request.authorization)
            if request.method != "POST":
                raise MethodNotAllowed("This webhook takes POST only.")
            admission = self.admitter.admit(_document(request), self.now())
            return self._start(admission)
        except RequestRejected as error:
            logger.warning("request rejected", status=error.status, reason=str(error), credentials=error.credentials)
            return _rejection(error)
        except FencingError as error:
            logger.exception("request not served")
            reason = f"{type(error).__name__}: see the webhook's log."
            return Answer(_UNAVAILABLE, {"error": reason})

    def _start(self, admission: Admission) -> Answer:
        if admission.truncated:
            logger.warning("alerts truncated by Alertmanager", truncated=admission.truncated)
        for alert in admission.refused:
            logger.warning("alert refused", index=alert.index, reason=alert.reason)
        started, exhausted = self._executions(admission.alerts)
        body = {"executions": started, "ignored": admission.ignored}
        if admission.refused:
            body["refused"] = [{"alert": alert.index, "reason": alert.reason} for alert in admission.refused]
        if exhausted:
            return Answer(_UNAVAILABLE, body | {"error": " ".join(exhausted)})
        if admission.beyond:
            error = f"At most {MOST_ALERTS} firing alerts are acted on; {admission.beyond} were left out."
            return Answer(TooLarge.status, body | {"error": error})
        if admission.refused:
            return Answer(_UNPROCESSABLE, body | {"error": "Some alerts can't be acted on."})
        return Answer(_ACCEPTED if started else _OK, body)

    def _executions(self, alerts: Iterable[Alert]) -> tuple[list[dict[str, str]], list[str]]:
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
                {"reporter": alert.reporter, "site": alert.site, "fingerprint": alert.fingerprint, "execution": name}
            )
        return started, exhausted


def _document(request: Request) -> Any:
    try:
        body = base64.b64decode(request.body, validate=True) if request.is_base64 else request.body.encode()
    except (binascii.Error, ValueError) as error:
        raise Malformed("The body is no valid base64 or UTF-8.") from error
    if len(body) > LARGEST_BODY:
        raise TooLarge(f"The body has more than {LARGEST_BODY} bytes.")
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Malformed("The body is no JSON.") from error


def _rejection(error: RequestRejected) -> Answer:
    headers = {"www-authenticate": CHALLENGE} if isinstance(error, Unauthorized) else {}
    if isinstance(error, MethodNotAllowed):
        headers = {"allow": "POST"}
    return Answer(error.status, {"error": str(error)}, headers)
