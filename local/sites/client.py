"""One site's Infinispan over REST, as one user: for the pairs of sites, for what shows them, and for the tests.

What the application itself uses is `fencing.adapters.infinispan`: that is what is tested, and shares nothing with this.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import urllib3
from urllib3.util import Timeout

from local.sites.accounts import User

BACKUPS = "/rest/v2/container/x-site/backups"
CONTAINER = "/rest/v2/container"
# Answered requests take milliseconds. A write that waits for a lost site may take the backup's timeout (4.5 s) first.
TIMEOUT = Timeout(connect=3.0, read=20.0)
# What urllib3 raises when there is nobody, or somebody who says nothing. A wrong certificate is another matter.
UNREACHABLE = (
    urllib3.exceptions.TimeoutError,
    urllib3.exceptions.ProtocolError,
    urllib3.exceptions.NewConnectionError,
)


class UnexpectedAnswer(RuntimeError):
    """Infinispan answered with another status than it should. The message has the request, the status and the body."""


@dataclass(frozen=True)
class InfinispanClient:
    """Every request has a connection of its own, so that a server that was restarted meanwhile is no special case.

    Args:
        url: where the server is, without a path.
        ca_pem: the certificate of the authority that the server's certificate must be from.
        user: who asks; None sends no credentials.
        timeout: of each request.

    Every method raises urllib3's HTTPError when nothing answers; see `UNREACHABLE`.
    """

    url: str
    ca_pem: str
    user: User | None
    timeout: Timeout = TIMEOUT

    def request(
        self, method: str, path: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> urllib3.BaseHTTPResponse:
        """Whatever is answered, errors included."""
        sent = dict(headers or {})
        if self.user is not None:
            sent |= urllib3.make_headers(basic_auth=f"{self.user.name}:{self.user.password}")
        with urllib3.PoolManager(ca_cert_data=self.ca_pem, timeout=self.timeout, retries=False) as pool:
            return pool.request(method, self.url + path, body=body, headers=sent)

    def get(self, path: str) -> urllib3.BaseHTTPResponse:
        return self.request("GET", path)

    def post(self, path: str) -> urllib3.BaseHTTPResponse:
        return self.request("POST", path)

    def json(self, path: str) -> Any:
        """The document that a GET gives.

        Raises:
            UnexpectedAnswer: the status isn't 200.
        """
        return self._expect(HTTPStatus.OK, "GET", path).json()

    def text(self, path: str) -> str:
        """The text that a GET gives.

        Raises:
            UnexpectedAnswer: the status isn't 200.
        """
        return self._expect(HTTPStatus.OK, "GET", path).data.decode()

    def operate(self, path: str) -> Any:
        """The document that a POST gives: for an operation on the backups of all caches, "ok" or a reason per cache.

        Raises:
            UnexpectedAnswer: the status isn't 200.
        """
        return self._expect(HTTPStatus.OK, "POST", path).json()

    def clear(self, cache: str) -> None:
        """Remove every entry of a cache, also at the other site unless that was taken offline.

        Raises:
            UnexpectedAnswer: the status isn't 204.
        """
        self._expect(HTTPStatus.NO_CONTENT, "POST", f"/rest/v2/caches/{cache}?action=clear")

    def put_value(self, cache: str, key: str, text: str) -> urllib3.BaseHTTPResponse:
        """Write an entry: answered with 204 when both sites have it, or the other was taken offline; 500 when not."""
        headers = {"Content-Type": "text/plain"}
        return self.request("PUT", f"/rest/v2/caches/{cache}/{key}", body=text.encode(), headers=headers)

    def get_value(self, cache: str, key: str) -> str | None:
        """The text of an entry as this site has it, or None.

        Raises:
            UnexpectedAnswer: the status is neither 200 nor 404.
        """
        path = f"/rest/v2/caches/{cache}/{key}"
        response = self.request("GET", path, headers={"Accept": "text/plain"})
        if response.status == HTTPStatus.NOT_FOUND:
            return None
        if response.status != HTTPStatus.OK:
            raise self._unexpected(response, "GET", path)
        return response.data.decode()

    def sees(self) -> list[str]:
        """The sites that this one sees, itself included; none when the node that answers doesn't know."""
        return list(self.json(CONTAINER)["sites_view"])

    def backup_status(self, site: str) -> str:
        """What this site says of its backups to another one: online, offline or mixed."""
        return str(self.json(f"{BACKUPS}/{site}")["status"])

    def _expect(self, status: HTTPStatus, method: str, path: str) -> urllib3.BaseHTTPResponse:
        response = self.request(method, path)
        if response.status != status:
            raise self._unexpected(response, method, path)
        return response

    def _unexpected(self, response: urllib3.BaseHTTPResponse, method: str, path: str) -> UnexpectedAnswer:
        return UnexpectedAnswer(f"{self.url} answered {response.status} to {method} {path}: {response.data!r}")
