"""The real template's webhook behind its function URL, in real processes; what it starts succeeds at once."""

from __future__ import annotations

import importlib.util
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
from samtranslator.yaml_helper import yaml_parse

from local.aws.clients import CREDENTIALS
from local.aws.server import LocalAws

ROOT = Path(__file__).resolve().parents[2]
REGION, STACK_NAME, BUCKET = "us-west-2", "site-fencing", "code"
LAYER_PACKAGES = ("aws_lambda_powertools", "jmespath", "urllib3", "typing_extensions")
SUCCEEDS_AT_ONCE = {"StartAt": "Started", "States": {"Started": {"Type": "Succeed"}}}
PARAMETERS = {
    "SiteA": "site-a",
    "SiteB": "site-b",
    "SiteAInfinispanUrl": "https://localhost:11222",
    "SiteBInfinispanUrl": "https://localhost:11223",
    "AcceleratorDnsNames": "a3da6a6cbd4e27b02.awsglobalaccelerator.com",
}
ANSWER_SECONDS = 60.0


@dataclass(frozen=True)
class HttpAnswer:
    """An answer of the function URL; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: str


@dataclass(frozen=True)
class DeployedWebhook:
    """The webhook's URL, and what is behind it."""

    url: str
    secret_arn: str
    state_machine_arn: str
    endpoint_url: str
    log_directory: Path

    def client(self, service: str) -> Any:
        """A boto3 client of the account."""
        keys = {name.lower(): value for name, value in CREDENTIALS.items()}
        return boto3.client(service, region_name=REGION, endpoint_url=self.endpoint_url, **keys)  # type: ignore[call-overload]

    def connection(self) -> HTTPConnection:
        """A connection to the URL's host. One thread may use it."""
        return HTTPConnection(urlsplit(self.url).netloc, timeout=ANSWER_SECONDS)

    def send(
        self, connection: HTTPConnection, method: str, headers: list[tuple[str, bytes]], body: bytes
    ) -> HttpAnswer:
        """Send a request with exactly these headers, besides Host and Content-Length, and take the answer."""
        connection.putrequest(method, urlsplit(self.url).path, skip_accept_encoding=True)
        for name, value in headers:
            connection.putheader(name, value)
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        response: HTTPResponse = connection.getresponse()
        content = response.read().decode()
        return HttpAnswer(response.status, {name.lower(): value for name, value in response.getheaders()}, content)

    def put_credentials(self, username: str, password: str) -> None:
        """Rotate: what was AWSCURRENT becomes AWSPREVIOUS."""
        text = json.dumps({"username": username, "password": password})
        self.client("secretsmanager").put_secret_value(SecretId=self.secret_arn, SecretString=text)

    def start_anew(self) -> None:
        """New processes from now on: the others may have asked for the secret just now, and won't again so soon."""
        client = self.client("lambda")
        [name] = [
            found["FunctionName"]
            for found in client.list_functions()["Functions"]
            if "Webhook" in found["FunctionName"]
        ]
        memory = client.get_function_configuration(FunctionName=name)["MemorySize"]
        client.update_function_configuration(FunctionName=name, MemorySize=memory + 1)

    def executions(self) -> dict[str, str]:
        """Name -> status of all executions."""
        pages = (
            self.client("stepfunctions")
            .get_paginator("list_executions")
            .paginate(stateMachineArn=self.state_machine_arn)
        )
        return {found["name"]: found["status"] for page in pages for found in page["executions"]}


@contextmanager
def deployed_webhook(log_directory: Path) -> Iterator[DeployedWebhook]:
    """Deploy the template into an embedded AWS of its own, until left."""
    with LocalAws(log_directory=log_directory) as aws:
        webhook = DeployedWebhook("", "", "", aws.endpoint_url, log_directory)
        s3, cloudformation = webhook.client("s3"), webhook.client("cloudformation")
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_object(Bucket=BUCKET, Key="functions.zip", Body=_zipped(_functions()))
        s3.put_object(Bucket=BUCKET, Key="layer.zip", Body=_zipped(_layer()))
        cloudformation.create_stack(
            StackName=STACK_NAME,
            TemplateBody=_packaged(),
            Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in PARAMETERS.items()],
            Capabilities=["CAPABILITY_IAM"],
        )
        (stack,) = cloudformation.describe_stacks(StackName=STACK_NAME)["Stacks"]
        assert stack["StackStatus"] == "CREATE_COMPLETE", stack.get("StackStatusReason")
        outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
        yield DeployedWebhook(
            url=outputs["WebhookUrl"],
            secret_arn=outputs["WebhookSecretArn"],
            state_machine_arn=outputs["StateMachineArn"],
            endpoint_url=aws.endpoint_url,
            log_directory=log_directory,
        )


def _packaged() -> str:
    template: dict[str, Any] = yaml_parse((ROOT / "template.yaml").read_text())
    template["Globals"]["Function"]["CodeUri"] = f"s3://{BUCKET}/functions.zip"
    for resource in template["Resources"].values():
        properties = resource["Properties"]
        if resource["Type"] == "AWS::Serverless::LayerVersion":
            properties["ContentUri"] = f"s3://{BUCKET}/layer.zip"
        elif resource["Type"] == "AWS::Serverless::StateMachine":
            del properties["DefinitionUri"]
            properties["Definition"] = SUCCEEDS_AT_ONCE
    return json.dumps(template, default=str)


def _functions() -> Iterator[tuple[Path, str]]:
    root = ROOT / "functions"
    return ((file, str(file.relative_to(root))) for file in root.rglob("*.py"))


def _layer() -> Iterator[tuple[Path, str]]:
    for name in LAYER_PACKAGES:
        found = importlib.util.find_spec(name)
        assert found is not None
        assert found.origin is not None
        origin = Path(found.origin)
        if origin.name != "__init__.py":
            yield origin, f"python/{origin.name}"
            continue
        for file in origin.parent.rglob("*.py"):
            yield file, f"python/{file.relative_to(origin.parent.parent)}"


def _zipped(files: Iterator[tuple[Path, str]]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for file, name in files:
            archive.write(file, name)
    return content.getvalue()
