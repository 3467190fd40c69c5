"""Infinispan's REST resources (v2) that fencing and its tests use, over a ClusterState, as a WSGI application.

Paths, status codes and texts are those of Infinispan 15.0 to 16.0. Note what is surprising in them: an unknown site is
404 for GET but 200 with a text per cache for POST; a wrong path, method or action is answered before authentication.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from local.sites import accounts
from local.sites.accounts import ADMIN, ANONYMOUS, MONITOR, READ, WRITE, User
from local.sites.simulated import metrics
from local.sites.simulated.state import BackupFailedError, ClusterState, Value

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Handler = Callable[..., Response]


@dataclass(frozen=True)
class Operation:
    """A cross-site operation that was asked for, and how it was answered. Holds no credentials and no values."""

    name: str
    site: str
    cache: str | None
    status: int


@dataclass(frozen=True)
class NodeSettings:
    """What differs between the nodes of a cluster: only a relay node knows the view of the sites."""

    name: str
    is_relay: bool = True


class InfinispanRest:
    """The WSGI application. It takes every cross-site operation down that it is asked for."""

    def __init__(self, state: ClusterState, users: Iterable[User], node: NodeSettings) -> None:
        self.node = node
        self._state = state
        self._users = {user.name: user for user in users}
        self._operations: list[Operation] = []
        self._operations_lock = threading.Lock()
        self._routes = Map(strict_slashes=False, merge_slashes=False)
        for path, method, permission, handler in (
            ("/metrics", "GET", MONITOR, self._metrics),
            ("/rest/v2/container", "GET", MONITOR, self._container),
            ("/rest/v2/container/health/status", "GET", ANONYMOUS, self._health),
            ("/rest/v2/container/x-site/backups", "GET", ADMIN, self._backups),
            ("/rest/v2/container/x-site/backups/<site>", "GET", ADMIN, self._backup),
            ("/rest/v2/container/x-site/backups/<site>", "POST", ADMIN, self._operate_on_all),
            ("/rest/v2/caches/<cache>/x-site/backups", "GET", ADMIN, self._cache_backups),
            ("/rest/v2/caches/<cache>/x-site/backups/<site>", "GET", ADMIN, self._cache_backup),
            ("/rest/v2/caches/<cache>/x-site/backups/<site>", "POST", ADMIN, self._operate_on_cache),
            ("/rest/v2/caches/<cache>/x-site/local", "POST", ADMIN, self._clear_push_state),
            ("/rest/v2/caches/<cache>", "POST", WRITE, self._clear),
            ("/rest/v2/caches/<cache>/<key>", "GET", READ, self._get_value),
            ("/rest/v2/caches/<cache>/<key>", "PUT", WRITE, self._put_value),
        ):
            self._routes.add(Rule(path, methods=[method], endpoint=(permission, handler)))
        self._operations_by_action: Mapping[str, Callable[[str], str]] = {
            "take-offline": state.take_offline,
            "bring-online": state.bring_online,
            "start-push-state": state.start_push_state,
        }
        self._actions_of: Mapping[Handler, Collection[str]] = {
            self._operate_on_all: self._operations_by_action,
            self._operate_on_cache: self._operations_by_action,
            self._clear_push_state: ("clear-push-state-status",),
            self._clear: ("clear",),
        }

    @property
    def operations(self) -> tuple[Operation, ...]:
        with self._operations_lock:
            return tuple(self._operations)

    def forget_operations(self) -> None:
        with self._operations_lock:
            self._operations.clear()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        # An answer that leaves a part of the request unread resets the connection, and may never arrive.
        request.get_data()
        return self._answer(request)(environ, start_response)

    def _answer(self, request: Request) -> Response:
        try:
            (permission, handler), variables = self._routes.bind_to_environ(request.environ).match()
        except NotFound:
            return _text(404, "")
        except MethodNotAllowed:
            return _text(405, "Not allowed")
        if request.method == "POST" and request.args.get("action") not in self._actions_of[handler]:
            return _text(400, "Invalid 'action' parameter supplied")
        refusal = self._refuse(request, permission)
        response = refusal or handler(request, **variables)
        if request.method == "POST" and "site" in variables:
            self._record(request, variables, response)
        return response

    def _refuse(self, request: Request, permission: str) -> Response | None:
        if permission == ANONYMOUS:
            return None
        user = accounts.authenticate(self._users, request.authorization)
        if user is None:
            return Response(status=401, headers={"WWW-Authenticate": 'Basic realm="default"'})
        if not user.may(permission):
            return _text(403, user.explain_refusal(permission))
        return None

    def _record(self, request: Request, variables: Mapping[str, Any], response: Response) -> None:
        operation = Operation(request.args["action"], variables["site"], variables.get("cache"), response.status_code)
        with self._operations_lock:
            self._operations.append(operation)

    def _metrics(self, request: Request) -> Response:
        return Response(
            metrics.exposition(self._state, self.node.name, is_relay=self.node.is_relay), mimetype="text/plain"
        )

    def _container(self, request: Request) -> Response:
        state, node = self._state, self.node
        both = (state.site, state.other_site)
        view = sorted(site for site in both if state.link.sees(state.site, site)) if node.is_relay else []
        return _json(
            {
                "name": "default",
                "cluster_name": state.site,
                "cache_manager_status": "RUNNING",
                "node_address": node.name,
                "defined_caches": [{"name": name, "started": True} for name in state.cache_names],
                "local_site": state.site,
                "relay_node": node.is_relay,
                "relay_nodes_address": [node.name] if node.is_relay else [f"{state.site}-relay"],
                "sites_view": view,
            }
        )

    def _health(self, request: Request) -> Response:
        return _text(200, "HEALTHY")

    def _backups(self, request: Request) -> Response:
        return _json({self._state.other_site: self._state.container_status()})

    def _backup(self, request: Request, site: str) -> Response:
        if site != self._state.other_site:
            return _text(404, "")
        return _json(self._state.container_status())

    def _operate_on_all(self, request: Request, site: str) -> Response:
        if site != self._state.other_site:
            return _json(dict.fromkeys(self._state.cache_names, f"Incorrect site name: {site}"))
        operation = self._operations_by_action[request.args["action"]]
        with self._state.link.lock:
            return _json({cache: operation(cache) for cache in self._state.cache_names})

    def _cache_backups(self, request: Request, cache: str) -> Response:
        if cache not in self._state.cache_names:
            return _unknown_cache(cache)
        if request.args.get("action") == "push-state-status":
            return _json({self._state.other_site: self._state.push_state(cache)})
        return _json({self._state.other_site: {"status": self._state.backup_status(cache)}})

    def _cache_backup(self, request: Request, cache: str, site: str) -> Response:
        return self._unknown(cache, site) or _json({self.node.name: self._state.backup_status(cache)})

    def _operate_on_cache(self, request: Request, cache: str, site: str) -> Response:
        unknown = self._unknown(cache, site)
        if unknown is not None:
            return unknown
        result = self._operations_by_action[request.args["action"]](cache)
        if result == "ok":
            return Response(status=200)
        return _text(500, f"ISPN012047: Site operation on '{site}' failed: '{result}'")

    def _clear_push_state(self, request: Request, cache: str) -> Response:
        if cache not in self._state.cache_names:
            return _unknown_cache(cache)
        self._state.clear_push_state(cache)
        return _json("ok")

    def _unknown(self, cache: str, site: str) -> Response | None:
        if cache not in self._state.cache_names:
            return _unknown_cache(cache)
        if site != self._state.other_site:
            return _text(404, f"Cache '{cache}' does not backup to site '{site}'")
        return None

    def _get_value(self, request: Request, cache: str, key: str) -> Response:
        if cache not in self._state.cache_names:
            return _unknown_cache(cache)
        value = self._state.get(cache, key)
        if value is None:
            return _text(404, "")
        return Response(value.content, content_type=value.content_type)

    def _put_value(self, request: Request, cache: str, key: str) -> Response:
        if cache not in self._state.cache_names:
            return _unknown_cache(cache)
        content_type = request.content_type or "application/octet-stream"
        try:
            self._state.put(cache, key, Value(request.get_data(), content_type))
        except BackupFailedError as error:
            return _text(500, str(error))
        return Response(status=204)

    def _clear(self, request: Request, cache: str) -> Response:
        if cache not in self._state.cache_names:
            return _unknown_cache(cache)
        try:
            self._state.clear(cache)
        except BackupFailedError as error:
            return _text(500, str(error))
        return Response(status=204)


def _json(body: Mapping[str, Any] | str) -> Response:
    return Response(json.dumps(body, separators=(",", ":")), mimetype="application/json")


def _text(status: int, text: str) -> Response:
    return Response(text, status=status, mimetype="text/plain")


def _unknown_cache(cache: str) -> Response:
    return _text(404, f"ISPN012010: Cache with name '{cache}' not found amongst the configured caches")
