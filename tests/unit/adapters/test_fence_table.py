"""The fence record in DynamoDB: only one writer wins, and an edited item is recognised."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ReadTimeoutError

from fencing.adapters.aws import CLIENT_CONFIG
from fencing.adapters.fence_table import FenceTable
from fencing.errors import AccessDenied, FenceRecordUnavailable, InvalidFenceRecord, RequestRefused
from fencing.fence import Fence, FenceRecord, Phase
from local.aws import InProcessAws
from tests.unit.adapters.failing_clients import answer, error
from tests.unit.aws_resources import create_fence_table
from tests.unit.builders import NOW, record


@pytest.fixture
def raw(aws: InProcessAws) -> Any:
    """The table as boto3 sees it."""
    return boto3.resource("dynamodb", config=CLIENT_CONFIG).Table(create_fence_table())


@pytest.fixture
def client(raw: Any) -> Any:
    """The client that the table under test uses, so that calls can be made to fail."""
    return boto3.client("dynamodb", config=CLIENT_CONFIG)


@pytest.fixture
def table(raw: Any, client: Any) -> FenceTable:
    return FenceTable(raw.name, "site-a+site-b", client)


def test_nothing_was_decided_in_an_empty_table(table: FenceTable) -> None:
    assert table.read() is None


def test_a_claim_is_read_back_as_it_was_written(table: FenceTable) -> None:
    assert table.claim(record(), over=None)
    assert table.read() == record()


def test_a_table_is_found_by_its_name(raw: Any) -> None:
    assert FenceTable(raw.name, "site-a+site-b").claim(record(), over=None)
    assert FenceTable(raw.name, "site-c+site-d").read() is None


def test_of_two_first_claims_one_wins_and_the_other_changes_nothing(table: FenceTable) -> None:
    assert table.claim(record("site-a"), over=None)
    assert not table.claim(record("site-b"), over=None)
    assert table.read() == record("site-a")


def test_confirming_keeps_the_decision_and_adds_the_time(table: FenceTable) -> None:
    table.claim(record(), over=None)
    assert table.confirm(Fence.of(record()), NOW)
    assert table.read() == replace(record(), phase=Phase.FENCED, fenced_at=NOW)


def fenced(table: FenceTable, *, gen: int = 1) -> FenceRecord:
    table.claim(record(gen=gen), over=None)
    table.confirm(Fence.of(record(gen=gen)), NOW)
    found = table.read()
    assert found is not None
    return found


def test_a_new_decision_replaces_a_finished_one_wholly(table: FenceTable) -> None:
    before = fenced(table)
    after = record("site-b", gen=2)
    assert table.claim(after, over=before)
    assert table.read() == after


def test_a_new_decision_never_replaces_one_that_is_being_carried_out(table: FenceTable) -> None:
    table.claim(record(), over=None)
    assert not table.claim(record("site-b", gen=2), over=replace(record(), phase=Phase.FENCED, fenced_at=NOW))
    assert table.read() == record()


def test_of_two_decisions_over_the_same_record_one_wins(table: FenceTable) -> None:
    before = fenced(table)
    assert table.claim(record("site-b", gen=2), over=before)
    assert not table.claim(record("site-a", gen=2), over=before)


def test_a_claim_over_a_record_that_was_deleted_meanwhile_is_lost(table: FenceTable, raw: Any) -> None:
    before = fenced(table)
    raw.delete_item(Key={"sites": "site-a+site-b"})
    assert not table.claim(record("site-b", gen=2), over=before)
    assert table.read() is None


def test_only_the_standing_decision_in_its_first_phase_is_confirmed(table: FenceTable) -> None:
    assert not table.confirm(Fence.of(record()), NOW)
    assert table.read() is None
    before = fenced(table, gen=3)
    for gen in (2, 3, 4):
        assert not table.confirm(Fence(gen, "site-a", "site-b"), NOW + timedelta(hours=1))
    assert table.read() == before


@pytest.mark.parametrize("operation", ["PutItem", "UpdateItem"])
def test_a_write_whose_answer_was_lost_is_found_by_reading(table: FenceTable, client: Any, operation: str) -> None:
    def write() -> bool:
        return table.claim(record(), over=None) if operation == "PutItem" else table.confirm(Fence.of(record()), NOW)

    if operation == "UpdateItem":
        table.claim(record(), over=None)
    lost: list[str] = []

    def lose_the_first_answer(**_: Any) -> None:
        if not lost:
            lost.append(operation)
            raise ReadTimeoutError(endpoint_url="https://dynamodb.us-west-2.amazonaws.com")

    client.meta.events.register(f"response-received.dynamodb.{operation}", lose_the_first_answer)
    # What the second attempt of botocore, or the next of the definition, says when the first one went through.
    with pytest.raises(FenceRecordUnavailable):
        write()
    assert not write()
    found = table.read()
    assert found is not None
    assert Fence.of(record()).stands_in(found)
    assert found.phase is (Phase.FENCING if operation == "PutItem" else Phase.FENCED)


@pytest.mark.parametrize(
    ("answered", "raised"),
    [
        (error("ProvisionedThroughputExceededException"), FenceRecordUnavailable),
        (error("InternalServerError", 500), FenceRecordUnavailable),
        (ReadTimeoutError(endpoint_url="https://dynamodb.us-west-2.amazonaws.com"), FenceRecordUnavailable),
        (error("AccessDeniedException"), AccessDenied),
        (error("ResourceNotFoundException"), RequestRefused),
    ],
)
def test_a_table_that_fails(table: FenceTable, client: Any, answered: Any, raised: type[Exception]) -> None:
    for operation in ("GetItem", "PutItem", "UpdateItem"):
        answer(client, operation, answered)
    with pytest.raises(raised, match="reading the fence record"):
        table.read()
    with pytest.raises(raised, match="claiming the fence"):
        table.claim(record(), over=None)
    with pytest.raises(raised, match="confirming the fence"):
        table.confirm(Fence.of(record()), NOW)


REMOVED = "(removed)"


@pytest.mark.parametrize(
    "edit",
    [
        {"gen": REMOVED}, {"gen": "1"}, {"gen": None}, {"survivor": 7}, {"survivor": "site-c"}, {"survivor": "site-b"},
        {"fenced": REMOVED}, {"phase": "DONE"}, {"phase": None}, {"decidedAt": "yesterday"}, {"decidedAt": 5},
        {"decidedAt": "2026-11-22T18:00:00"}, {"fencedAt": "2026-11-22T18:00:00"}, {"fencedAt": True},
        {"phase": "FENCED"}, {"execution": REMOVED}, {"removed": REMOVED}, {"removed": "all"}, {"removed": [{}]},
        {"removed": [{"endpointId": "a", "endpointGroupArn": "b", "weight": "heavy"}]},
    ],
    ids=str,
)  # fmt: skip
def test_an_item_that_somebody_edited_is_not_taken_for_a_decision(
    table: FenceTable, raw: Any, edit: dict[str, Any]
) -> None:
    table.claim(record(), over=None)
    item = raw.get_item(Key={"sites": "site-a+site-b"})["Item"] | edit
    raw.put_item(Item={name: value for name, value in item.items() if value != REMOVED})
    with pytest.raises(InvalidFenceRecord, match=r"The fence record of site-a\+site-b is malformed"):
        table.read()
