"""One site's Infinispan, as far as fencing and restoring ask it: a function, whose URL has a public certificate.

It caches nothing. What it sees of the other site, and what it says of its backups to that one, stands in a table, where
the tests write as well. Paths, statuses and bodies are those of Infinispan's REST API v2, which `tests/sites/contract`
pins for real servers.
"""

from __future__ import annotations

import base64
import json
import os
from typing import Any

import boto3

CACHES = ("authenticationSessions", "sessions")
STATUS_AFTER = {"take-offline": "offline", "bring-online": "online", "start-push-state": "online"}
SITE, OTHER, TABLE = os.environ["SITE"], os.environ["OTHER_SITE"], os.environ["TABLE"]
table = boto3.client("dynamodb")
secret = json.loads(boto3.client("secretsmanager").get_secret_value(SecretId=os.environ["SECRET_ARN"])["SecretString"])
LOGIN = "Basic " + base64.b64encode(f"{secret['username']}:{secret['password']}".encode()).decode()


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer a request of the function URL, in its payload format 2.0."""
    if event["headers"].get("authorization") != LOGIN:
        return {"statusCode": 401}
    method = event["requestContext"]["http"]["method"]
    action = event.get("queryStringParameters", {}).get("action")
    body = reply(method, event["rawPath"].removeprefix("/rest/v2/").split("/"), action)
    if body is None:
        return {"statusCode": 404}
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}


def reply(method: str, path: list[str], action: str | None) -> object:
    """Return what Infinispan says; None to what isn't asked here. Where it answers 204, 200 will do."""
    body: object = None
    match method, path, action:
        case "GET", ["container"], None:
            body = {"local_site": SITE, "relay_node": True, "sites_view": look()["view"]["SS"]}
        case "GET", ["container", "x-site", "backups"], None:
            body = {OTHER: {"status": look()["backups"]["S"]}}
        case "GET", ["container", "x-site", "backups", site], None if site == OTHER:
            body = {"status": look()["backups"]["S"]}
        case "POST", ["container", "x-site", "backups", site], str(action) if site == OTHER and action in STATUS_AFTER:
            set_backups(STATUS_AFTER[action])
            body = dict.fromkeys(CACHES, "ok")
        case "POST", ["caches", cache], "clear" if cache in CACHES:
            body = ""
        case "POST", ["caches", cache, "x-site", "local"], "clear-push-state-status" if cache in CACHES:
            body = "ok"
        case "GET", ["caches", cache, "x-site", "backups"], "push-state-status" if cache in CACHES:
            body = {OTHER: "OK"}
    return body


def look() -> dict[str, Any]:
    """Return the site's item."""
    return table.get_item(TableName=TABLE, Key={"site": {"S": SITE}}, ConsistentRead=True)["Item"]


def set_backups(status: str) -> None:
    """Write the status of the backups to the other site."""
    table.update_item(
        TableName=TABLE,
        Key={"site": {"S": SITE}},
        UpdateExpression="SET backups = :status",
        ExpressionAttributeValues={":status": {"S": status}},
    )
