"""Defects of moto's CloudFormation with functions, their layers, roles, logs and permissions."""

import io
import json
import zipfile
from typing import Any

import boto3

from tests.local.aws.functions import TRUST
from tests.local.aws.probes.probe import Probes, name
from tests.local.aws.probes.stacks import STACK, deploy, store

PROBES = Probes()

ARCHIVE = {"S3Bucket": "~bucket", "S3Key": "archive.zip"}
TRACES = {"Effect": "Allow", "Action": ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], "Resource": "*"}
ROLE = {
    "Type": "AWS::IAM::Role",
    "Properties": {
        "AssumeRolePolicyDocument": TRUST,
        "Policies": [{"PolicyName": "traces", "PolicyDocument": {"Version": "2012-10-17", "Statement": [TRACES]}}],
    },
}
FUNCTION: dict[str, Any] = {
    "Type": "AWS::Lambda::Function",
    "Properties": {
        "FunctionName": "~f",
        "Code": ARCHIVE,
        "Handler": "module.x",
        "Role": {"Fn::GetAtt": ["R", "Arn"]},
        "Runtime": "python3.13",
        "LoggingConfig": {"LogGroup": "/own/group"},
        "TracingConfig": {"Mode": "Active"},
    },
}


def configured() -> Any:
    """The configuration that FUNCTION has."""
    return boto3.client("lambda").get_function_configuration(FunctionName=name("f"))


def store_archive() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr("python/module.py", "")
    store("archive.zip", archive.getvalue())


@PROBES.add(plain="raises IndexError", repaired="arn:aws:lambda:us-west-2:123456789012:layer:l:1")
def lets_a_function_refer_to_a_layer() -> Any:
    store_archive()
    layer = {"Type": "AWS::Lambda::LayerVersion", "Properties": {"LayerName": "~l", "Content": ARCHIVE}}
    function = {**FUNCTION, "Properties": {**FUNCTION["Properties"], "Layers": [{"Ref": "L"}]}}
    deploy(json.dumps({"Resources": {"F": function, "L": layer, "R": ROLE}}))
    return configured()["Layers"][0]["Arn"]


@PROBES.add(plain=[None, "PassThrough"], repaired=["/own/group", "Active"])
def keeps_a_functions_log_group_and_tracing() -> Any:
    store_archive()
    deploy(json.dumps({"Resources": {"F": FUNCTION, "R": ROLE}}))
    configuration = configured()
    return [configuration.get("LoggingConfig", {}).get("LogGroup"), configuration["TracingConfig"]["Mode"]]


@PROBES.add(plain=[5, 6], repaired=["5", "6"])
def gives_a_function_variables_that_are_texts() -> Any:
    store_archive()
    properties = {**FUNCTION["Properties"], "Environment": {"Variables": {"SIZE": {"Ref": "Size"}}}}
    function, size = {**FUNCTION, "Properties": properties}, {"Type": "Number"}
    template = json.dumps({"Parameters": {"Size": size}, "Resources": {"F": function, "R": ROLE}})
    seen = []
    for update, value in ((False, "5"), (True, "6")):
        deploy(template, update=update, Size=value)
        seen.append(configured()["Environment"]["Variables"]["SIZE"])
    return seen


@PROBES.add(plain=["", "sns.amazonaws.com"], repaired=["Sid", "events.amazonaws.com"])
def changes_a_permission() -> Any:
    """Its physical id is the statement's."""
    store_archive()
    permission: dict[str, Any] = {
        "Type": "AWS::Lambda::Permission",
        "Properties": {
            "FunctionName": {"Ref": "F"},
            "Action": "lambda:InvokeFunction",
            "Principal": "sns.amazonaws.com",
        },
    }
    deploy(json.dumps({"Resources": {"F": FUNCTION, "P": permission, "R": ROLE}}))
    permission["Properties"]["Principal"] = "events.amazonaws.com"
    deploy(json.dumps({"Resources": {"F": FUNCTION, "P": permission, "R": ROLE}}), update=True)
    listed = boto3.client("cloudformation").list_stack_resources(StackName=name(STACK))["StackResourceSummaries"]
    physical_ids = {resource["PhysicalResourceId"] for resource in listed}
    policy = json.loads(boto3.client("lambda").get_policy(FunctionName=name("f"))["Policy"])
    (statement,) = policy["Statement"]
    return ["Sid" if statement["Sid"] in physical_ids else "", statement["Principal"]["Service"]]
