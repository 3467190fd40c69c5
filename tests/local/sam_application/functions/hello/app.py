"""The functions of the small application that tests deploy."""

import json
import os

import boto3


def handler(event, _context):
    from from_the_layer import WHERE  # not at the top: `step` has no layer

    execution = boto3.client("stepfunctions").start_execution(
        stateMachineArn=os.environ["STATE_MACHINE_ARN"], input=json.dumps({"body": event.get("body")})
    )
    print("started", execution["executionArn"])
    answer = {
        "greeting": os.environ["GREETING"],
        "names": os.environ["NAMES"],
        "where": WHERE,
        "execution": execution["executionArn"],
    }
    return {"statusCode": 202, "headers": {"Content-Type": "application/json"}, "body": json.dumps(answer)}


def step(event, _context):
    return {"seen": event}
