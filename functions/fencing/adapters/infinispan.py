"""One site's Infinispan, through its REST API v2 (15.0 and newer).

The container-level x-site operations answer HTTP 200 whatever happened: the body is what counts, and a GET afterwards.
"""

import base64
import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import urllib3
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from fencing import settings
from fencing.adapters.secrets import Credentials, Secret
from fencing.adapters.tls import client_context, distrust_reason
from fencing.errors import (
    InfinispanAccessDenied,
    InfinispanMisconfigured,
    InfinispanUnavailable,
    InvalidInput,
)
from fencing.fields import pick
from fencing.settings import Sites

_TIMEOUT = urllib3.Timeout(connect=2, read=6)
_CONTAINER = "/rest/v2/container"
_MAX_QUOTE_LENGTH = 200
_TRANSIENT_STATUSES = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)


@dataclass(frozen=True, slots=True)
class InfinispanSettings:
    """Where the sites' Infinispans are, and how to get in: a part of the environment of two functions."""

    sites: Sites
    urls: tuple[tuple[str, str], ...]
    secret_arn: str
    ca_certificate: str

    @classmethod
    def from_environment(cls) -> "InfinispanSettings":
        """Read the settings; an InvalidSetting names what is missing or malformed."""
        sites = Sites.from_environment()
        return cls(
            sites=sites,
            urls=tuple(settings.infinispan_urls(sites).items()),
            secret_arn=settings.secret_arn("INFINISPAN_SECRET_ARN"),
            ca_certificate=os.environ.get("INFINISPAN_CA_CERTIFICATE", ""),
        )


class InfinispanClients:
    """A client for the Infinispan of each of the stack's sites; they share connections and credentials."""

    def __init__(self, of: InfinispanSettings, now: Callable[[], datetime]) -> None:
        """Take the settings and the wall clock; an InvalidSetting says that the CA certificate isn't PEM."""
        secret, pool = Secret(of.secret_arn, now), connections(of.ca_certificate)
        self._by_site = {site: Infinispan(site, url, secret, pool) for site, url in of.urls}

    def for_site(self, site: str) -> "Infinispan":
        """Return the site's; an InvalidInput says that it isn't one of the stack's."""
        if site not in self._by_site:
            raise InvalidInput(f"The sites of this stack are {' and '.join(self._by_site)}, not {site}.")
        return self._by_site[site]


class Infinispan:
    """A client of one site's Infinispan cluster."""

    def __init__(self, site: str, url: str, secret: Secret, pool: urllib3.PoolManager) -> None:
        """Take a base URL, https://HOST[:PORT], and the connections to use (see `connections`)."""
        self._site = site
        self._url = url
        self._secret = secret
        self._pool = pool

    def sites_view(self) -> tuple[str, ...]:
        """Return the sites that this node sees, itself included; empty on a node that is no relay node.

        Raises:
            InfinispanMisconfigured: another site's Infinispan answers, or its certificate isn't trusted.
            InfinispanAccessDenied, InfinispanUnavailable: see the classes.
        """
        container = self._request("GET", _CONTAINER)
        try:
            local_site = pick(container, "local_site", str)
            sites_view = pick(container, "sites_view", list)
        except InvalidInput as error:
            raise InfinispanMisconfigured(
                f"{self._site}'s Infinispan has no cross-site replication: {error}"
            ) from error
        if local_site != self._site:
            raise InfinispanMisconfigured(
                f"The Infinispan URL of {self._site} leads to the site {self._quoted(local_site)}: check it."
            )
        return tuple(self._quoted(site) for site in sites_view)

    def backup_status(self, other_site: str) -> str:
        """Return the administrative state of the backups to the other site: online, offline or mixed. Needs ADMIN.

        Raises:
            InfinispanMisconfigured: no cache has a backup to that site.
            InfinispanAccessDenied, InfinispanUnavailable: see the classes.
        """
        try:
            return self._quoted(pick(self._request("GET", _backup(other_site)), "status", str))
        except InvalidInput as error:
            raise InfinispanUnavailable(f"{self._site}'s Infinispan gave no status of {other_site}: {error}") from error

    def take_offline(self, other_site: str) -> Mapping[str, str]:
        """Stop all caches from backing up to the other site; return cache -> "ok" or what went wrong.

        "ok" is also said of what was offline before, and when the change got lost: ask for the status afterwards.

        Raises:
            InfinispanMisconfigured, InfinispanAccessDenied, InfinispanUnavailable: see the classes.
        """
        results = self._request("POST", f"{_backup(other_site)}?action=take-offline")
        return {self._quoted(cache): self._quoted(result) for cache, result in results.items()}

    def _request(self, method: str, path: str) -> dict[str, Any]:
        credentials = self._secret.current()
        response = self._send(method, path, credentials)
        if response.status == HTTPStatus.UNAUTHORIZED:
            self._secret.refresh()
            if self._secret.current() != credentials:
                response = self._send(method, path, self._secret.current())
        match response.status:
            case HTTPStatus.OK:
                return self._document(response)
            case HTTPStatus.UNAUTHORIZED:
                raise InfinispanAccessDenied(f"{self._site}'s Infinispan refuses the user name or password.")
            case HTTPStatus.FORBIDDEN:
                raise InfinispanAccessDenied(
                    f"{self._site}'s Infinispan forbids {method} {path}: the user needs the role admin, the endpoint "
                    f"BASIC authentication ({self._quoted(response.data)})."
                )
            case status if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _TRANSIENT_STATUSES:
                raise InfinispanUnavailable(f"{self._site}'s Infinispan answered HTTP {status} to {method} {path}.")
            case status:
                raise InfinispanMisconfigured(f"{self._site}'s Infinispan answered HTTP {status} to {method} {path}.")

    def _send(self, method: str, path: str, credentials: Credentials) -> BaseHTTPResponse:
        try:
            return self._pool.request(
                method, self._url + path, headers=_authorization(credentials), redirect=False, assert_same_host=False
            )
        except HTTPError as error:
            if reason := distrust_reason(error):
                raise InfinispanMisconfigured(
                    f"The certificate of {self._site}'s Infinispan is not trusted: {self._quoted(reason)} "
                    f"(checked against the parameter InfinispanCaCertificate)."
                ) from error
            raise InfinispanUnavailable(
                f"{self._site}'s Infinispan did not answer {method} {path}: {type(error).__name__}."
            ) from error

    def _quoted(self, received: object) -> str:
        """Make what a server sent fit for one line of a message, even if it echoes our credentials (debug pages do)."""
        text = received.decode(errors="replace") if isinstance(received, bytes) else str(received)
        known = self._secret.current()
        for secret in (_token(known), known.password, json.dumps(known.password)[1:-1]):
            text = text.replace(secret, "***")
        return re.sub(r"\s+", " ", text).strip()[:_MAX_QUOTE_LENGTH]

    def _document(self, response: BaseHTTPResponse) -> dict[str, Any]:
        try:
            return pick(json.loads(response.data), "@", dict)
        except (ValueError, RecursionError, InvalidInput) as error:
            raise InfinispanUnavailable(f"{self._site}'s Infinispan answered something else than JSON.") from error


def connections(ca_certificate: str) -> urllib3.PoolManager:
    """Return connections that verify TLS against PEM text, or against the public authorities when it is empty.

    Raises:
        InvalidSetting: it isn't PEM text of certificates.
    """
    return urllib3.PoolManager(ssl_context=client_context(ca_certificate), timeout=_TIMEOUT, retries=False)


def _backup(site: str) -> str:
    return f"{_CONTAINER}/x-site/backups/{quote(site, safe='')}"


def _token(credentials: Credentials) -> str:
    return base64.b64encode(f"{credentials.username}:{credentials.password}".encode()).decode()


def _authorization(credentials: Credentials) -> dict[str, str]:
    return {"Authorization": f"Basic {_token(credentials)}", "Accept": "application/json"}
