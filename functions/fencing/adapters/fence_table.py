"""The fence record in DynamoDB: strongly consistent reads, conditional writes."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import boto3
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from fencing.adapters.aws import CLIENT_CONFIG, aws_errors, error_code
from fencing.errors import FenceRecordUnavailable, InvalidFenceRecord
from fencing.fence import Fence, FenceRecord, Phase, RemovedEndpoint

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# The resource, which would do this for us, takes three times as long to make as a client: cold starts are our latency.
_TO_DYNAMODB, _FROM_DYNAMODB = TypeSerializer(), TypeDeserializer()
# Version 0.1.0 called the attribute `gen`; its item is replaced by the next claim.
_IS_GENERATION = "(generation = :generation OR (attribute_not_exists(generation) AND gen = :generation))"


class FenceTable:
    """The table that holds one fence record per pair of sites; `key` is the pair's."""

    def __init__(self, table_name: str, key: str, client: "DynamoDBClient | None" = None) -> None:
        self._pair = key
        self._address: Any = {"TableName": table_name, "Key": _serialized({"sites": key})}
        self._client = client or boto3.client("dynamodb", config=CLIENT_CONFIG)

    def read(self) -> FenceRecord | None:
        """Read the record, strongly consistent; None when nothing was ever decided.

        Raises:
            InvalidFenceRecord: somebody edited the item, and it doesn't fit.
            FenceRecordUnavailable, AccessDenied, RequestRefused: see `aws_errors`.
        """
        with aws_errors(FenceRecordUnavailable, "reading the fence record"):
            item = self._client.get_item(**self._address, ConsistentRead=True).get("Item")
        try:
            return _record({name: _FROM_DYNAMODB.deserialize(value) for name, value in item.items()}) if item else None
        except (KeyError, TypeError, ValueError, ArithmeticError) as error:
            raise InvalidFenceRecord(f"The fence record of {self._pair} is malformed: {error!r}.") from error

    def claim(self, claim: FenceRecord, *, over: FenceRecord | None) -> bool:
        """Write a new decision over the one that was read; False when it isn't there any more, and nothing is written.

        Raises:
            FenceRecordUnavailable, AccessDenied, RequestRefused: see `aws_errors`.
        """
        if over is None:
            condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(sites)"}
        else:
            condition = {
                "ConditionExpression": f"{_IS_GENERATION} AND phase = :fenced",
                "ExpressionAttributeValues": _serialized({":generation": over.generation, ":fenced": Phase.FENCED}),
            }
        item = _serialized({"sites": self._pair} | _item(claim))
        with aws_errors(FenceRecordUnavailable, "claiming the fence"):
            try:
                self._client.put_item(TableName=self._address["TableName"], Item=item, **condition)
            except ClientError as error:
                if error_code(error) != "ConditionalCheckFailedException":
                    raise
                return False
        return True

    def confirm(self, fence: Fence, fenced_at: datetime) -> bool:
        """Turn FENCING into FENCED; False when the record isn't FENCING in this generation, and nothing is written.

        Raises:
            FenceRecordUnavailable, AccessDenied, RequestRefused: see `aws_errors`.
        """
        with aws_errors(FenceRecordUnavailable, "confirming the fence"):
            try:
                self._client.update_item(
                    **self._address,
                    UpdateExpression="SET phase = :fenced, fencedAt = :now",
                    ConditionExpression=f"{_IS_GENERATION} AND phase = :fencing",
                    ExpressionAttributeValues=_serialized(
                        {
                            ":fenced": Phase.FENCED,
                            ":fencing": Phase.FENCING,
                            ":generation": fence.generation,
                            ":now": fenced_at.isoformat(),
                        }
                    ),
                )
            except ClientError as error:
                if error_code(error) != "ConditionalCheckFailedException":
                    raise
                return False
        return True


def _serialized(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _TO_DYNAMODB.serialize(value) for name, value in values.items()}


def _item(record: FenceRecord) -> dict[str, Any]:
    return {
        "generation": record.generation,
        "survivor": record.survivor,
        "fenced": record.fenced,
        "phase": record.phase,
        "decidedAt": record.decided_at.isoformat(),
        "execution": record.execution,
        "removed": [
            {
                "endpointId": endpoint.endpoint_id,
                "endpointGroupArn": endpoint.endpoint_group_arn,
                "weight": endpoint.weight,
                "clientIpPreservationEnabled": endpoint.client_ip_preservation,
            }
            for endpoint in record.removed
        ],
    }


def _record(item: Mapping[str, Any]) -> FenceRecord:
    is_of_version_0_1_0 = "gen" in item and "generation" not in item
    generation = item["gen" if is_of_version_0_1_0 else "generation"]
    if not isinstance(generation, Decimal) or {item["survivor"], item["fenced"]} != set(item["sites"].split("+")):
        raise ValueError("generation should be a number, survivor and fenced the two sites")
    if Phase(item["phase"]) is Phase.FENCED and "fencedAt" not in item:
        raise ValueError("fencedAt should be there when the phase is FENCED")
    return FenceRecord(
        generation=int(generation),
        survivor=item["survivor"],
        fenced=item["fenced"],
        phase=Phase(item["phase"]),
        decided_at=_time(item["decidedAt"]),
        execution=item["execution"],
        fenced_at=_time(item["fencedAt"]) if "fencedAt" in item else None,
        removed=tuple(
            RemovedEndpoint(
                endpoint_id=endpoint["endpointId"],
                endpoint_group_arn=endpoint["endpointGroupArn"],
                weight=int(endpoint["weight"]),
                client_ip_preservation=endpoint["clientIpPreservationEnabled"],
            )
            for endpoint in item["removed"]
        ),
    )


def _time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError(f"{text} should have a time zone")
    return time
