"""Function URLs: the event that a function gets, and what becomes of its answer."""

import base64
import json
from typing import Any

import pytest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from local.aws.function_urls import request_event, response_to


def event(**request: Any) -> dict[str, Any]:
    made = Request(EnvironBuilder(**request).get_environ())
    return request_event(made, "abc", request.get("path", "/"), "us-west-2")


def test_an_event_has_the_payload_format_2_0():
    made = event(method="POST", path="/a/b", query_string="x=1&x=2&y=", data=b"{}", content_type="application/json")
    context = made.pop("requestContext")
    assert made == {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/a/b",
        "rawQueryString": "x=1&x=2&y=",
        "queryStringParameters": {"x": "1,2", "y": ""},
        "headers": made["headers"],
        "body": "{}",
        "isBase64Encoded": False,
    }
    http = context["http"]
    assert (http["method"], http["path"], http["protocol"]) == ("POST", "/a/b", "HTTP/1.1")
    assert context["accountId"] == "anonymous"
    assert context["domainName"] == "abc.lambda-url.us-west-2.on.aws"
    assert context["stage"] == "$default"
    assert isinstance(context["timeEpoch"], int)


def test_a_method_stays_as_it_was_sent():
    made = request_event(Request({**EnvironBuilder().get_environ(), "REQUEST_METHOD": "post"}), "abc", "/", "us-west-2")
    assert made["requestContext"]["http"]["method"] == "post"


def test_headers_are_lower_case_and_duplicates_joined():
    made = event(headers=[("X-Many", "1"), ("x-many", "2"), ("Authorization", "Basic eA=="), ("Cookie", "a=1; b=2")])
    assert made["headers"]["x-many"].replace(" ", "") == "1,2"
    assert made["headers"]["authorization"] == "Basic eA=="
    assert all(name == name.lower() for name in made["headers"])
    assert made["cookies"] == ["a=1", "b=2"]
    assert "cookie" not in made["headers"]


@pytest.mark.parametrize(
    ("content_type", "data", "encoded"),
    [
        ("application/json", "ü".encode(), False),
        ("application/json; charset=utf-8", b"{}", False),
        ("text/plain", b"x", False),
        ("application/problem+json", b"{}", False),
        ("application/x-www-form-urlencoded", b"a=1", True),
        ("application/octet-stream", b"\xff\x00", True),
        ("application/json", b"\xff", True),
        (None, b"x", True),
    ],
)
def test_what_is_no_text_comes_in_base64(content_type: str | None, data: bytes, encoded: bool):
    made = event(method="POST", data=data, content_type=content_type)
    assert made["isBase64Encoded"] is encoded
    assert made["body"] == (base64.b64encode(data).decode() if encoded else data.decode())


def test_without_a_body_there_is_none():
    assert "body" not in event()
    assert event()["isBase64Encoded"] is False


def test_an_answer_with_a_status_is_the_response():
    answer = {"statusCode": 401, "headers": {"X-A": "b", "WWW-Authenticate": "Basic"}, "body": "no", "cookies": ["c=d"]}
    response = response_to(answer)
    assert (response.status_code, response.get_data()) == (401, b"no")
    assert response.headers["X-A"] == "b"
    assert response.headers["Set-Cookie"] == "c=d"
    assert "WWW-Authenticate" not in response.headers
    assert response.headers["x-amzn-Remapped-www-authenticate"] == "Basic"


def test_a_binary_answer_is_decoded():
    answer = {"statusCode": 200, "body": base64.b64encode(b"\xff\x00").decode(), "isBase64Encoded": True}
    assert response_to(answer).get_data() == b"\xff\x00"


@pytest.mark.parametrize("result", [{"a": 1}, "text", None, [1]])
def test_any_other_answer_is_json(result: Any):
    response = response_to(result)
    assert (response.status_code, response.mimetype) == (200, "application/json")
    assert json.loads(response.get_data()) == result


@pytest.mark.parametrize("answer", [{"statusCode": "abc"}, {"statusCode": 200, "body": "%", "isBase64Encoded": True}])
def test_an_answer_that_makes_no_response_is_a_bad_gateway(answer: dict[str, Any]):
    assert response_to(answer).status_code == 502
