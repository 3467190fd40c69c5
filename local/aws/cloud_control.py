"""AWS Cloud Control, which moto lacks: as much of it as `sam list endpoints` asks for, the URLs of functions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError
from werkzeug.wrappers import Request, Response

from local.aws.clients import client

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

TARGET_PREFIX = "CloudApiService."
FUNCTION_URL = "AWS::Lambda::Url"


class CloudControl:
    """WSGI application for the requests whose X-Amz-Target begins with `TARGET_PREFIX`."""

    def __init__(self, endpoint_url: str) -> None:
        self._endpoint_url = endpoint_url

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return self._answer(Request(environ))(environ, start_response)

    def _answer(self, request: Request) -> Response:
        operation = request.headers["X-Amz-Target"].removeprefix(TARGET_PREFIX)
        asked = json.loads(request.get_data())
        if operation != "GetResource" or asked["TypeName"] != FUNCTION_URL:
            return _refusal("UnsupportedActionException", f"The local AWS has no {operation} of this type")
        try:
            url = client("lambda", _region(request), self._endpoint_url).get_function_url_config(
                FunctionName=asked["Identifier"]
            )
        except ClientError as error:
            return _refusal(error.response["Error"]["Code"], error.response["Error"]["Message"])
        properties = {name: url[name] for name in ("FunctionArn", "FunctionUrl", "AuthType")}
        found = {"Identifier": asked["Identifier"], "Properties": json.dumps(properties)}
        return _json({"TypeName": FUNCTION_URL, "ResourceDescription": found}, 200)


def _region(request: Request) -> str:
    """That of the request's signature."""
    scope = re.search(r"Credential=[^/]+/\d+/([^/]+)/", request.headers["Authorization"])
    assert scope is not None
    return scope[1]


def _refusal(code: str, message: str) -> Response:
    return _json({"__type": code, "Message": message}, 400)


def _json(document: Mapping[str, object], status: int) -> Response:
    return Response(json.dumps(document), status, content_type="application/x-amz-json-1.0")
