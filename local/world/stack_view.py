"""What the deployed stack keeps: the fence record in its table, and its executions with their outcomes."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_stepfunctions import SFNClient

TIMES = ("decidedAt", "fencedAt")


@dataclass(frozen=True)
class FenceRecordView:
    """The stack's DynamoDB table with the record of one pair of sites."""

    client: DynamoDBClient
    name: str
    key: str

    def record(self) -> dict[str, Any] | None:
        """The record as plain data; None when there is none."""
        item = self.client.get_item(TableName=self.name, Key=self._key, ConsistentRead=True).get("Item")
        if item is None:
            return None
        read = TypeDeserializer().deserialize
        return {name: _plain(read(value)) for name, value in sorted(item.items())}

    def delete(self) -> None:
        self.client.delete_item(TableName=self.name, Key=self._key)

    def age(self, seconds: float) -> None:
        """Moves the record's times into the past, as if it had been written that much earlier.

        Raises:
            LookupError: there is no record.
        """
        record = self.record()
        if record is None:
            raise LookupError(f"There is no fence record of {self.key}.")
        for name in TIMES:
            if record.get(name):
                earlier = datetime.datetime.fromisoformat(record[name]) - datetime.timedelta(seconds=seconds)
                self.client.update_item(
                    TableName=self.name,
                    Key=self._key,
                    UpdateExpression="SET #time = :time",
                    ExpressionAttributeNames={"#time": name},
                    ExpressionAttributeValues={":time": {"S": earlier.isoformat().replace("+00:00", "Z")}},
                )

    @property
    def _key(self) -> Mapping[str, Any]:
        return {"sites": {"S": self.key}}


@dataclass(frozen=True)
class ExecutionsView:
    """The executions of the stack's state machine."""

    client: SFNClient
    state_machine_arn: str

    def outcomes(self) -> list[dict[str, Any]]:
        """Name, status, start, and the outcome's code and sentence of each, newest first. None while it runs."""
        pages = self.client.get_paginator("list_executions").paginate(stateMachineArn=self.state_machine_arn)
        found = [execution for page in pages for execution in page["executions"]]
        newest_first = sorted(found, key=lambda execution: execution["startDate"], reverse=True)
        return [self._outcome(execution["executionArn"]) for execution in newest_first]

    def _outcome(self, arn: str) -> dict[str, Any]:
        execution = self.client.describe_execution(executionArn=arn)
        code, sentence = execution.get("error"), execution.get("cause")
        if execution["status"] == "SUCCEEDED":
            output = json.loads(execution["output"])
            code, sentence = output.get("code"), output.get("sentence")
        return {
            "name": execution["name"],
            "status": execution["status"],
            "code": code,
            "sentence": sentence,
            "started": execution["startDate"].astimezone(datetime.UTC).isoformat(),
        }


def _plain(value: Any) -> Any:
    """DynamoDB's numbers as int or float, so that the value can be written as JSON."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in sorted(value.items())}
    return value
