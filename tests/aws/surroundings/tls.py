"""HTTPS in front of the local AWS's function URLs. On AWS they have it themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import urllib3
from werkzeug.wrappers import Request, Response

from local.sites.certificates import Authority
from local.sites.simulated.server import HttpsServer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


@contextmanager
def https_in_front_of(url: str, authority: Authority) -> Iterator[str]:
    """Gives an https://localhost:PORT that leads to `url`."""

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        path = request.full_path.removeprefix("/").removesuffix("?")
        headers = {name: value for name, value in request.headers if name in ("Authorization", "Accept")}
        answer = urllib3.request(request.method, url + path, headers=headers, body=request.get_data(), retries=False)
        response = Response(answer.data, answer.status, content_type=answer.headers.get("Content-Type"))
        return response(environ, start_response)

    server = HttpsServer(application, authority.issue("localhost").server_context())
    server.start()
    try:
        yield server.url
    finally:
        server.stop()
