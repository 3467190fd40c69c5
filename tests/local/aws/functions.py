"""Functions in the local AWS, for tests."""

import io
import json
import zipfile
from typing import Any

from local.aws.clients import client
from local.aws.server import LocalAws

REGION = "us-west-2"
TRUST = {
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}]
}
FUNCTION = """
import json, os, time

def handler(event, context):
    if "sleep" in event:
        time.sleep(event["sleep"])
    if "write" in event:
        open(event["write"], "a").write("x")
    if "raise" in event:
        raise ValueError(event["raise"])
    if "exit" in event:
        os._exit(event["exit"])
    if "import" in event:
        __import__(event["import"])
    if "buckets" in event:
        import boto3
        return [bucket["Name"] for bucket in boto3.client("s3").list_buckets()["Buckets"]]
    print("seen", json.dumps(event))
    remaining = context.get_remaining_time_in_millis()
    return {"pid": os.getpid(), "environment": dict(os.environ), "arn": context.invoked_function_arn, "left": remaining}

def url(event, context):
    if event["rawPath"] == "/fail":
        raise ValueError("no")
    return {"statusCode": 202, "headers": {"Content-Type": "text/plain"}, "body": event["rawPath"]}
"""


def make_role(aws: LocalAws) -> None:
    """The one that each `Function` has."""
    iam = client("iam", REGION, aws.endpoint_url)
    iam.create_role(RoleName="any", AssumeRolePolicyDocument=json.dumps(TRUST))


class Function:
    """A function of the account, made by the test that wants it."""

    def __init__(self, aws: LocalAws, name: str, **more: Any) -> None:
        self.name = name
        self.client = client("lambda", REGION, aws.endpoint_url)
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as files:
            files.writestr("app.py", more.pop("code", FUNCTION))
        settings = {"Handler": "app.handler", "Runtime": "python3.13", "Timeout": 10, **more}
        role = "arn:aws:iam::123456789012:role/any"
        self.client.create_function(FunctionName=name, Role=role, Code={"ZipFile": archive.getvalue()}, **settings)

    def invoke(self, **event: Any) -> Any:
        """The payload, or "<error type>: <message>" for a function error."""
        answer = self.client.invoke(FunctionName=self.name, Payload=json.dumps(event))
        payload = json.loads(answer["Payload"].read())
        return f"{payload['errorType']}: {payload['errorMessage']}" if "FunctionError" in answer else payload
