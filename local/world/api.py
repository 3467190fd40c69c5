"""The world's control API: a WSGI application to be mounted at `/_world`, and its client.

GET show answers with the world; POST ACTION, with a JSON object of arguments, does it and says so.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

import urllib3
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Request, Response

from local.world.actions import perform

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from local.world import World

PREFIX = "/_world"
# Where a running stack says where it is, its control API among the rest.
STACK_FILE = Path(__file__).resolve().parents[2] / ".local" / "stack.json"
TIMEOUT_SECONDS = 30.0


class WorldError(Exception):
    """The control API refused a request, or wasn't there. The message is fit to be shown."""


class NothingAnswers(WorldError):
    """There is nobody where the control API should be."""


def world_api(world: World) -> WSGIApplication:
    """The WSGI application for that world. It may be mounted under its prefix, or get the whole path."""

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return _answer(world, Request(environ))(environ, start_response)

    return application


def _answer(world: World, request: Request) -> Response:
    name = request.path.removeprefix(PREFIX).strip("/")
    if request.method == "GET" and name == "show":
        return _json(200, world.show())
    if request.method != "POST":
        return _json(405, {"error": f"{request.method} {name} is not offered: GET show, POST for everything else."})
    try:
        arguments = request.get_json(force=True) if request.get_data() else {}
        if not isinstance(arguments, dict):
            return _json(400, {"error": "The body must be a JSON object of arguments."})
        return _json(200, {"done": perform(world, name, arguments)})
    except BadRequest:
        return _json(400, {"error": "The body is not JSON."})
    except (ValueError, LookupError, OverflowError) as error:
        return _json(400, {"error": str(error)})


def _json(status: int, body: Mapping[str, Any]) -> Response:
    return Response(json.dumps(body), status=status, mimetype="application/json")


class WorldClient:
    """Moves and shows a world over its control API. `control_url` is where the API is mounted.

    Raises:
        NothingAnswers: by every method, when nobody listens there.
        WorldError: by every method, when there is no answer, or the API refuses.
    """

    def __init__(self, control_url: str) -> None:
        self._url = control_url.rstrip("/")
        self._pool = urllib3.PoolManager(timeout=TIMEOUT_SECONDS, retries=False)

    def show(self) -> dict[str, Any]:
        """What `World.show` returns."""
        return self._request(lambda: self._pool.request("GET", f"{self._url}/show"))

    def perform(self, action: str, arguments: Mapping[str, Any]) -> str:
        """Does one of `local.world.actions.ACTIONS` and returns the sentence that says so."""
        done = self._request(lambda: self._pool.request("POST", f"{self._url}/{action}", json=dict(arguments)))["done"]
        return str(done)

    def _request(self, send: Callable[[], urllib3.BaseHTTPResponse]) -> dict[str, Any]:
        try:
            response = send()
        except urllib3.exceptions.NewConnectionError as error:
            raise NothingAnswers(f"Nothing answers at {self._url}.") from error
        except urllib3.exceptions.HTTPError as error:
            raise WorldError(f"Nothing answers at {self._url}: {error}") from error
        try:
            body: dict[str, Any] = response.json()
        except ValueError as error:
            raise WorldError(f"{self._url} answered {response.status}, and not with JSON.") from error
        if response.status != HTTPStatus.OK:
            raise WorldError(body.get("error", f"{self._url} answered {response.status}."))
        return body
