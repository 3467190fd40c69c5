"""What the contract test needs of two running sites, whoever runs them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import urllib3
from urllib3.util import Timeout

from local.sites.certificates import client_context

# Answered requests take milliseconds. A write that waits for a lost site may take the backup's timeout (4.5 s) first.
REQUEST_TIMEOUT = Timeout(connect=3.0, read=20.0)
POLL_SECONDS = 0.2


@dataclass(frozen=True)
class Credentials:
    username: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class Access:
    """How to reach one site's Infinispan. Its certificate is verified: by its authority, or by its fingerprint."""

    url: str
    ca_pem: str | None = None
    sha256_fingerprint: str | None = None

    def pool(self) -> urllib3.PoolManager:
        if self.ca_pem is not None:
            return urllib3.PoolManager(ssl_context=client_context(self.ca_pem), timeout=REQUEST_TIMEOUT, retries=False)
        if self.sha256_fingerprint is not None:
            # The fingerprint is what is verified; a self-signed certificate has no authority to check it against.
            return urllib3.PoolManager(
                cert_reqs="CERT_NONE",
                assert_fingerprint=self.sha256_fingerprint,
                timeout=REQUEST_TIMEOUT,
                retries=False,
            )
        raise ValueError(f"Neither an authority nor a fingerprint was given for {self.url}.")


class Pair(Protocol):
    """Two sites with Infinispan, each backing up the caches `sessions` and `authenticationSessions` to the other.

    The backups are SYNC with failure policy FAIL. `observer` has the default role of that name, `admin` has `admin`.
    """

    @property
    def names(self) -> tuple[str, str]: ...

    @property
    def access(self) -> Mapping[str, Access]: ...

    @property
    def admin(self) -> Credentials: ...

    @property
    def observer(self) -> Credentials: ...

    def cut(self) -> None:
        """Cuts the link; both sites go on running. Harmless when it is cut. Returns before the sites notice."""

    def heal(self) -> None:
        """Restores the link. Harmless when it is there. Returns before the sites see each other."""

    def restart(self, site: str) -> None:
        """Kills that site's Infinispan (as kill -9 does), starts it, and returns when it answers."""

    def wait_until_view(self, site: str, view: Iterable[str], timeout: float) -> None:
        """Returns when that site sees exactly these sites.

        Raises:
            TimeoutError: it didn't within `timeout` seconds.
        """


@dataclass(frozen=True)
class Client:
    """Talks to one site's Infinispan as one user, or without credentials."""

    access: Access
    credentials: Credentials | None

    def request(
        self, method: str, path: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> urllib3.BaseHTTPResponse:
        sent = dict(headers or {})
        if self.credentials is not None:
            user = f"{self.credentials.username}:{self.credentials.password}"
            sent |= urllib3.make_headers(basic_auth=user)
        with self.access.pool() as pool:
            return pool.request(method, self.access.url + path, body=body, headers=sent)

    def get(self, path: str) -> urllib3.BaseHTTPResponse:
        return self.request("GET", path)

    def post(self, path: str) -> urllib3.BaseHTTPResponse:
        return self.request("POST", path)

    def json(self, path: str) -> Any:
        """The body of a GET that must be answered with 200."""
        response = self.get(path)
        if response.status != 200:
            raise AssertionError(f"GET {path}: {response.status} {response.data!r}")
        return response.json()

    def put_value(self, cache: str, key: str, text: str) -> urllib3.BaseHTTPResponse:
        headers = {"Content-Type": "text/plain"}
        return self.request("PUT", f"/rest/v2/caches/{cache}/{key}", body=text.encode(), headers=headers)

    def get_value(self, cache: str, key: str) -> str | None:
        response = self.request("GET", f"/rest/v2/caches/{cache}/{key}", headers={"Accept": "text/plain"})
        if response.status == 404:
            return None
        if response.status != 200:
            raise AssertionError(f"GET of {cache}/{key}: {response.status} {response.data!r}")
        return response.data.decode()


def wait_until_view(client: Client, view: Iterable[str], timeout: float) -> None:
    """Polls the container's `sites_view`; what implementations of `Pair.wait_until_view` are made of.

    Raises:
        TimeoutError: it didn't become `view` within `timeout` seconds.
    """
    wanted = set(view)
    deadline = time.monotonic() + timeout
    while (seen := set(client.json("/rest/v2/container")["sites_view"])) != wanted:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{client.access.url} sees {sorted(seen)}, not {sorted(wanted)}, after {timeout} s.")
        time.sleep(POLL_SECONDS)
