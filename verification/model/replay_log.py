"""A handler's outside calls and what came of them, recorded so that it can be run again up to any of them.

A handler is deterministic once the answers to its outside calls are given. So a Lambda invocation that is under way is
nothing but the answers that it has had so far: to advance it by one call, the handler is run again from its start,
hears the recorded answers, and is interrupted (`NextCall`) at the first call that has none. A crash is to forget them.
"""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple


class OutsideCall(NamedTuple):
    """One outside call. `arguments` is canonical JSON, so that calls can be compared and hashed."""

    service: str
    operation: str
    arguments: str

    @classmethod
    def of(cls, service: str, operation: str, arguments: Any) -> "OutsideCall":
        """Make a call of arguments that `json` can write."""
        return cls(service, operation, canonical(arguments))

    def given(self) -> Any:
        """Return the arguments."""
        return json.loads(self.arguments)

    @property
    def name(self) -> str:
        """Name the call, for people."""
        return f"{self.service} {self.operation}"


class Response(NamedTuple):
    """What the caller gets: canonical JSON."""

    text: str

    @classmethod
    def of(cls, document: Any) -> "Response":
        """Make a response of a document that `json` can write."""
        return cls(canonical(document))


class ErrorResponse(NamedTuple):
    """What the caller gets instead: `kind` names a class of exception that `clients` knows how to raise."""

    kind: str
    code: str = ""
    status: int = 0


class NextCall(BaseException):
    """The handler asks for something that has no answer yet. No `except Exception` of a handler may catch it."""

    def __init__(self, request: OutsideCall) -> None:
        super().__init__(request.name)
        self.request = request


class ReplayLog:
    """The answers so far, in the order in which the handler asks for them."""

    def __init__(self, answers: Sequence[Response | ErrorResponse]) -> None:
        self._answers = answers
        self._heard = 0

    def ask(self, request: OutsideCall) -> Response | ErrorResponse:
        """Return the next recorded answer, or interrupt the handler."""
        if self._heard == len(self._answers):
            raise NextCall(request)
        answer = self._answers[self._heard]
        self._heard += 1
        return answer


def canonical(document: Any) -> str:
    """Write a document as JSON, always in the same way."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
