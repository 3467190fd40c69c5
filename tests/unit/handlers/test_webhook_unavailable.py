"""What the webhook answers when it can't do what is asked: Alertmanager is to try again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError

from tests.unit.adapters.failing_clients import Answer, answer, error
from tests.unit.builders import body, firing
from tests.unit.handlers.conftest import Webhook
from tests.unit.logged import Logged

BOTH = (firing(), firing({"reporter": "site-b", "site": "site-a"}))
FAILURES: dict[str, Answer] = {
    "down": EndpointConnectionError(endpoint_url="https://states.us-west-2.amazonaws.com"),
    "5xx": error("InternalFailure", 500),
    "throttled": error("ThrottlingException"),
    "denied": error("AccessDeniedException"),
    "gone": error("ResourceNotFoundException"),
}
EXISTS, FAILED = error("ExecutionAlreadyExists"), (200, b'{"status": "FAILED"}')
Clients = Callable[..., None]


@pytest.fixture
def clients(monkeypatch: pytest.MonkeyPatch) -> Clients:
    """Makes every new client of a service get these answers to an operation."""

    def answering(service: str, operation: str, *answers: Answer | None) -> None:
        real: Any = boto3.client

        def client(name: str, *args: Any, **kwargs: Any) -> Any:
            made = real(name, *args, **kwargs)
            if name == service:
                answer(made, operation, *answers)
            return made

        monkeypatch.setattr(boto3, "client", client)

    return answering


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize(
    ("service", "operation"), [("stepfunctions", "StartExecution"), ("secretsmanager", "GetSecretValue")]
)
def test_with_a_dependency_down_alertmanager_is_told_to_try_again(
    post: Webhook, clients: Clients, logged: Logged, service: str, operation: str, failure: str
) -> None:
    clients(service, operation, FAILURES[failure])
    status, told = post(body(firing()))
    assert status == 503
    assert told["error"]
    assert post.executions == set()
    assert any(line["level"] in ("ERROR", "WARNING") for line in logged.lines)


def test_with_step_functions_down_amid_a_body_the_retry_starts_the_rest(post: Webhook, clients: Clients) -> None:
    clients("stepfunctions", "StartExecution", None, FAILURES["denied"], None)
    assert post(body(*BOTH))[0] == 503
    first = post.executions
    assert len(first) == 1
    status, told = post(body(*BOTH))
    assert (status, len(told["executions"])) == (202, 2)
    assert post.executions == {started["execution"] for started in told["executions"]} > first


def test_one_alert_whose_executions_keep_failing_does_not_keep_the_next_one_from_its_own(
    post: Webhook, clients: Clients
) -> None:
    clients("stepfunctions", "StartExecution", *[EXISTS] * 10, None)
    clients("stepfunctions", "DescribeExecution", FAILED)
    status, told = post(body(*BOTH))
    assert status == 503
    assert [started["reporter"] for started in told["executions"]] == ["site-b"]
    assert "10 executions for this alert have failed: site-a-site-b-" in told["error"]


def test_every_alert_whose_executions_keep_failing_is_named(post: Webhook, clients: Clients) -> None:
    clients("stepfunctions", "StartExecution", EXISTS)
    clients("stepfunctions", "DescribeExecution", FAILED)
    status, told = post(body(*BOTH))
    assert (status, told["executions"]) == (503, [])
    assert all(f"have failed: {pair}-" in told["error"] for pair in ("site-a-site-b", "site-b-site-a"))
