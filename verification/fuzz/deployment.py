"""The real template's webhook behind its function URL, in real processes; what it starts succeeds at once."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from local import aws
from local.aws import LocalAws
from local.stack.deployment import Deployment, deploy, zipped
from local.world.world import STACK_REGION

FUNCTIONS = Path(__file__).resolve().parents[2] / "functions"
LAYER_PACKAGES = ("aws_lambda_powertools", "jmespath", "urllib3", "typing_extensions")
SUCCEEDS_AT_ONCE = Path(__file__).with_name("succeeds_at_once.asl.json")
PARAMETERS = {
    "SiteA": "site-a",
    "SiteB": "site-b",
    "SiteAInfinispanUrl": "https://localhost:11222",
    "SiteBInfinispanUrl": "https://localhost:11223",
    "AcceleratorDnsNames": "a3da6a6cbd4e27b02.awsglobalaccelerator.com",
}
ANSWER_SECONDS = 60.0


@dataclass(frozen=True)
class HttpResponse:
    """An answer of the function URL; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: str


@dataclass(frozen=True)
class DeployedWebhook:
    """The webhook's URL, and what is behind it; `client` makes boto3 clients of the account."""

    deployment: Deployment
    client: Callable[[str], Any]

    @property
    def url(self) -> str:
        return self.deployment.outputs["WebhookUrl"]

    def connection(self) -> HTTPConnection:
        """A connection to the URL's host. One thread may use it."""
        return HTTPConnection(urlsplit(self.url).netloc, timeout=ANSWER_SECONDS)

    def send(
        self, connection: HTTPConnection, method: str, headers: list[tuple[str, bytes]], body: bytes
    ) -> HttpResponse:
        """Send a request with exactly these headers, besides Host and Content-Length, and take the answer."""
        connection.putrequest(method, urlsplit(self.url).path, skip_accept_encoding=True)
        for name, value in headers:
            connection.putheader(name, value)
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        response: HTTPResponse = connection.getresponse()
        content = response.read().decode()
        return HttpResponse(response.status, {name.lower(): value for name, value in response.getheaders()}, content)

    def put_credentials(self, username: str, password: str) -> None:
        """Rotate: what was AWSCURRENT becomes AWSPREVIOUS."""
        text = json.dumps({"username": username, "password": password})
        self.client("secretsmanager").put_secret_value(
            SecretId=self.deployment.outputs["WebhookSecretArn"], SecretString=text
        )

    def start_anew(self) -> None:
        """New processes from now on: the others may have asked for the secret just now, and won't again so soon."""
        client = self.client("lambda")
        name = self.deployment.functions["WebhookFunction"].name
        memory = client.get_function_configuration(FunctionName=name)["MemorySize"]
        client.update_function_configuration(FunctionName=name, MemorySize=memory + 1)

    def executions(self) -> dict[str, str]:
        """Name -> status of all executions."""
        arn = self.deployment.outputs["StateMachineArn"]
        pages = self.client("stepfunctions").get_paginator("list_executions").paginate(stateMachineArn=arn)
        return {found["name"]: found["status"] for page in pages for found in page["executions"]}


@contextmanager
def deployed_webhook(log_directory: Path) -> Iterator[DeployedWebhook]:
    """Deploy the template into an embedded AWS of its own, until left."""
    with LocalAws(log_directory=log_directory) as account:
        client = partial(aws.client, region=STACK_REGION, endpoint_url=account.endpoint_url)
        code = {"functions": zipped(_functions()), "layer": zipped(_layer())}
        yield DeployedWebhook(deploy(client, PARAMETERS, **code, definition=SUCCEEDS_AT_ONCE), client)


def _functions() -> Iterator[tuple[str, bytes]]:
    return ((str(file.relative_to(FUNCTIONS)), file.read_bytes()) for file in FUNCTIONS.rglob("*.py"))


def _layer() -> Iterator[tuple[str, bytes]]:
    for name in LAYER_PACKAGES:
        found = importlib.util.find_spec(name)
        assert found is not None
        assert found.origin is not None
        module = Path(found.origin)
        packages = module.parents[1] if module.name == "__init__.py" else module.parent
        for file in module.parent.rglob("*.py") if module.name == "__init__.py" else (module,):
            yield f"python/{file.relative_to(packages)}", file.read_bytes()
