"""A server, or a proxy before it, that answers with the request's own headers: debugging pages do."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import pytest
import urllib3

from fencing.adapters.infinispan import Infinispan
from fencing.adapters.secrets import Credentials, Secret
from fencing.errors import FencingError
from verification.fuzz.corpus import PASSWORD, TOKEN, USERNAME


class KnownSecret:
    """A secret that was read before."""

    def current(self) -> Credentials:
        return Credentials(USERNAME, PASSWORD)

    def refresh(self) -> None:
        """There is nothing newer."""


@dataclass(frozen=True)
class Response:
    status: int
    data: bytes


@dataclass(frozen=True)
class EchoingPool:
    """Connections to a server that puts the request's headers into its answer."""

    status: int
    document: Callable[[str], Any]

    def request(self, _method: str, _url: str, *, headers: Mapping[str, str], **_options: Any) -> Response:
        return Response(self.status, json.dumps(self.document(f"{dict(headers)} {PASSWORD}")).encode())


def asked(pool: EchoingPool, ask: Callable[[Infinispan], Any]) -> str:
    """What comes out of the adapter: a result, or an error's sentence."""
    infinispan = Infinispan(
        "site-a", "https://infinispan.example", cast(Secret, KnownSecret()), cast(urllib3.PoolManager, pool)
    )
    try:
        return str(ask(infinispan))
    except FencingError as error:
        return str(error)


@pytest.mark.parametrize(
    ("status", "document", "ask"),
    [
        (403, lambda headers: headers, lambda infinispan: infinispan.sites_view()),
        (200, lambda headers: {"local_site": headers, "sites_view": []}, lambda infinispan: infinispan.sites_view()),
        (
            200,
            lambda headers: {"local_site": "site-a", "sites_view": [headers]},
            lambda infinispan: infinispan.sites_view(),
        ),
        (200, lambda headers: {"status": headers}, lambda infinispan: infinispan.backup_status("site-b")),
        (200, lambda headers: {"sessions": headers}, lambda infinispan: infinispan.take_offline("site-b")),
        (500, lambda headers: headers, lambda infinispan: infinispan.sites_view()),
    ],
)
def test_what_it_says_is_told_without_our_credentials(status, document, ask):
    told = asked(EchoingPool(status, document), ask)
    assert told
    assert TOKEN not in told
    assert PASSWORD not in told
    assert json.dumps(PASSWORD)[1:-1] not in told
