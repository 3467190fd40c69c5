"""The fence record in DynamoDB: strongly consistent reads, conditional writes."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

from fencing.adapters.aws import CLIENT_CONFIG, aws_errors, error_code
from fencing.errors import FenceRecordUnavailable, InvalidFenceRecord
from fencing.fence import Fence, FenceRecord, Phase, RemovedEndpoint

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


class FenceTable:
    """The table that holds one fence record per pair of sites; `key` is the pair's."""

    def __init__(self, table_name: str, key: str, table: "Table | None" = None) -> None:
        self._key = {"sites": key}
        self._table = table or boto3.resource("dynamodb", config=CLIENT_CONFIG).Table(table_name)

    def read(self) -> FenceRecord | None:
        """Read the record, strongly consistent; None when nothing was ever decided.

        Raises:
            InvalidFenceRecord: somebody edited the item, and it doesn't fit.
            FenceRecordUnavailable, AccessDenied, RequestRefused: see `aws_errors`.
        """
        with aws_errors(FenceRecordUnavailable, "reading the fence record"):
            item = self._table.get_item(Key=self._key, ConsistentRead=True).get("Item")
        try:
            return _record(item) if item else None
        except (KeyError, TypeError, ValueError, ArithmeticError) as error:
            raise InvalidFenceRecord(f"The fence record of {self._key['sites']} is malformed: {error!r}.") from error

    def claim(self, claim: FenceRecord, *, over: FenceRecord | None) -> bool:
        """Write a new decision over the one that was read; False when it isn't there any more, and nothing is written.

        Raises:
            FenceRecordUnavailable, AccessDenied, RequestRefused: see `aws_errors`.
        """
        if over is None:
            condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(sites)"}
        else:
            condition = {
                "ConditionExpression": "gen = :read AND phase = :fenced",
                "ExpressionAttributeValues": {":read": over.gen, ":fenced": Phase.FENCED},
            }
        with aws_errors(FenceRecordUnavailable, "claiming the fence"):
            return _took_place(lambda: self._table.put_item(Item=self._key | _item(claim), **condition))

    def confirm(self, fence: Fence, fenced_at: datetime) -> bool:
        """Turn FENCING into FENCED; False when the record isn't FENCING in this generation, and nothing is written.

        Raises:
            FenceRecordUnavailable, AccessDenied, RequestRefused: see `aws_errors`.
        """
        with aws_errors(FenceRecordUnavailable, "confirming the fence"):
            return _took_place(
                lambda: self._table.update_item(
                    Key=self._key,
                    UpdateExpression="SET phase = :fenced, fencedAt = :now",
                    ConditionExpression="gen = :mine AND phase = :fencing",
                    ExpressionAttributeValues={
                        ":fenced": Phase.FENCED,
                        ":fencing": Phase.FENCING,
                        ":mine": fence.gen,
                        ":now": fenced_at.isoformat(),
                    },
                )
            )


def _took_place(write: Callable[[], object]) -> bool:
    try:
        write()
    except ClientError as error:
        if error_code(error) == "ConditionalCheckFailedException":
            return False
        raise
    return True


def _item(record: FenceRecord) -> dict[str, Any]:
    return {
        "gen": record.gen,
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
    if not isinstance(item["gen"], Decimal) or {item["survivor"], item["fenced"]} != set(item["sites"].split("+")):
        raise ValueError("gen should be a number, survivor and fenced the two sites")
    if Phase(item["phase"]) is Phase.FENCED and "fencedAt" not in item:
        raise ValueError("fencedAt should be there when the phase is FENCED")
    return FenceRecord(
        gen=int(item["gen"]),
        survivor=item["survivor"],
        fenced=item["fenced"],
        phase=Phase(item["phase"]),
        decided_at=_time(item["decidedAt"]),
        execution=item["execution"],
        fenced_at=_time(item["fencedAt"]) if "fencedAt" in item else None,
        removed=tuple(
            RemovedEndpoint(
                endpoint["endpointId"],
                endpoint["endpointGroupArn"],
                int(endpoint["weight"]),
                endpoint["clientIpPreservationEnabled"],
            )
            for endpoint in item["removed"]
        ),
    )


def _time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError(f"{text} should have a time zone")
    return time
