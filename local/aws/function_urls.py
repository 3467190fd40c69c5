"""Lambda function URLs: an HTTP request becomes an event of payload format 2.0, the function's answer a response.

https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html. AWS gives every URL a host of its own; here all are
paths below `PATH_PREFIX` on the one local endpoint, since names below localhost don't resolve everywhere.
"""

from __future__ import annotations

import base64
import binascii
import json
import time
import uuid
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from moto.awslambda.models import FunctionUrlConfig, LambdaBackend, LambdaFunction, lambda_backends
from moto.core.exceptions import JsonRESTError
from werkzeug.wrappers import Request, Response

from local.aws.lambda_invocation import Invoker, invoke_by
from local.aws.patching import replace_method

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PATH_PREFIX = "/lambda-url"
MAX_BODY_BYTES = 6 * 1024 * 1024

_base_url: str | None = None


def install() -> None:
    """Idempotent: see `local.aws.repairs`."""
    replace_method(FunctionUrlConfig, "__init__", _with_reachable_url)


def use_base_url(url: str | None) -> None:
    """Function URLs created from now on are below `url`; None: moto's own, which nobody answers."""
    global _base_url  # noqa: PLW0603  (moto makes these objects itself)
    _base_url = url


class FunctionUrls:
    """WSGI application for everything below `PATH_PREFIX`, which is expected in SCRIPT_NAME."""

    def __init__(self, invoker: Invoker) -> None:
        self._invoker = invoker

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return self._answer(Request(environ))(environ, start_response)

    def _answer(self, request: Request) -> Response:
        url_id, _, path = request.path.removeprefix("/").partition("/")
        found = _function_with_url(url_id)
        if found is None:
            return _message(404, "Not Found")
        function, backend = found
        assert function.url_config is not None
        if function.url_config.config.get("AuthType") != "NONE":
            return _message(403, "Forbidden")  # signatures aren't checked here, so nothing signed gets in
        if (request.content_length or 0) > MAX_BODY_BYTES:
            return _message(413, "Request Entity Too Large")
        event = request_event(request, url_id, f"/{path}", function.region)
        try:
            answer = invoke_by(self._invoker, backend, function.function_name, None, json.dumps(event).encode())
        except JsonRESTError as refusal:
            return _message(refusal.code, refusal.message)
        if answer.failed:
            return Response("Internal Server Error", 502, content_type="text/plain")
        return response_to(json.loads(answer.payload))


def request_event(request: Request, url_id: str, path: str, region: str) -> dict[str, Any]:
    """The event that the function gets for `request` to `path` of the URL `url_id`."""
    body = request.get_data()
    as_text = _text(body, request.mimetype)
    now = time.time()
    domain = f"{url_id}.lambda-url.{region}.on.aws"
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": request.query_string.decode("latin-1"),
        "headers": _comma_joined(request.headers.items()),
        "requestContext": {
            "accountId": "anonymous",
            "apiId": url_id,
            "domainName": domain,
            "domainPrefix": url_id,
            "http": {
                "method": request.environ["REQUEST_METHOD"],  # as it was sent; werkzeug writes it in capitals
                "path": path,
                "protocol": request.environ.get("SERVER_PROTOCOL", "HTTP/1.1"),
                "sourceIp": request.remote_addr,
                "userAgent": request.headers.get("User-Agent", ""),
            },
            "requestId": str(uuid.uuid4()),
            "routeKey": "$default",
            "stage": "$default",
            "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
            "timeEpoch": int(now * 1000),
        },
        "isBase64Encoded": bool(body) and as_text is None,
    }
    event["headers"] |= {"host": domain, "x-forwarded-proto": "https", "x-forwarded-port": "443"}
    if cookie := event["headers"].pop("cookie", None):
        event["cookies"] = [part.strip() for part in cookie.split(";")]
    if request.args:
        event["queryStringParameters"] = _comma_joined(request.args.items(multi=True))
    if body:
        event["body"] = base64.b64encode(body).decode() if as_text is None else as_text
    return event


def response_to(result: Any) -> Response:
    """The HTTP response for a function's result: a dict with a statusCode, or anything else as a JSON body."""
    if not isinstance(result, Mapping) or "statusCode" not in result:
        return Response(json.dumps(result), 200, content_type="application/json")
    body = result.get("body") or ""
    try:
        content = base64.b64decode(body, validate=True) if result.get("isBase64Encoded") else str(body).encode()
        response = Response(content, int(result["statusCode"]), content_type="application/json")
    except (binascii.Error, ValueError):
        return Response("Internal Server Error", 502, content_type="text/plain")
    for name, value in (result.get("headers") or {}).items():
        # Lambda doesn't let a function answer with this header of its own.
        remapped = "x-amzn-Remapped-www-authenticate" if name.lower() == "www-authenticate" else name
        response.headers[remapped] = str(value)
    for cookie in result.get("cookies") or []:
        response.headers.add("Set-Cookie", cookie)
    return response


def _with_reachable_url(original: Any, self: FunctionUrlConfig, function: LambdaFunction, config: Any) -> None:
    original(self, function, config)
    if _base_url is not None:
        self.url = f"{_base_url}{PATH_PREFIX}/{uuid.uuid4().hex}/"


def _function_with_url(url_id: str) -> tuple[LambdaFunction, LambdaBackend] | None:
    backends = [backend for account in lambda_backends.values() for backend in account.values()]
    for backend in backends:
        for function in backend.list_functions():
            if function.url_config is not None and function.url_config.url.endswith(f"{PATH_PREFIX}/{url_id}/"):
                return function, backend
    return None


def _comma_joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    joined: dict[str, list[str]] = {}
    for name, value in pairs:
        joined.setdefault(name.lower(), []).append(value)
    return {name: ",".join(values) for name, values in joined.items()}


def _text(body: bytes, mimetype: str) -> str | None:
    """The body as text, or None when Lambda would hand it over in base64."""
    textual = mimetype.startswith("text/") or mimetype.endswith(("json", "xml", "javascript"))
    try:
        return body.decode() if textual else None
    except UnicodeDecodeError:
        return None


def _message(status: int, text: str) -> Response:
    return Response(json.dumps({"Message": text}), status, content_type="application/json")
