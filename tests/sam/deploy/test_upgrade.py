"""From the first version to this one, while an incident is under way."""

from __future__ import annotations

import json
import shutil
import tarfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local import aws
from local.sam import cli as sam
from local.stack.interception import Interception
from tests.sam.deploy.commands import Account
from tests.sam.deploy.test_lifecycle import EVENT

pytestmark = [pytest.mark.sam, pytest.mark.slow]

FIRST_VERSION = Path(__file__).parent / "first" / "application.tar.gz"
END_SECONDS = 120.0


@pytest.fixture
def first_build(tmp_path: Path) -> Path:
    sources, build = tmp_path / "first", tmp_path / "build"
    with tarfile.open(FIRST_VERSION) as archive:
        archive.extractall(sources, filter="data")
    sam.build(sources / "template.yaml", build)
    shutil.copy(sources / "samconfig.toml", build)
    return build


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """The first Check Reporter waits until this is set."""
    opened = threading.Event()
    interception = aws.wrap_invoker(Interception)
    interception.before("CheckReporterFunction", lambda: None if opened.wait(END_SECONDS) else pytest.fail("closed"))
    yield opened
    opened.set()


def test_an_incident_goes_on_through_an_update(
    account: Account, first_build: Path, build: Path, gate: threading.Event
) -> None:
    assert account.deploy(first_build, account.world.stack_parameters()).code == 0
    before = account.outputs()
    account.world.kill("site-b")
    open_record = write_open_record(account)
    started = account.client("stepfunctions").start_execution(
        stateMachineArn=before["StateMachineArn"], name="site-a-site-b-0123456789abcdef-0", input=json.dumps(EVENT)
    )

    updated = account.deploy(build)

    assert updated.code == 0, updated.text
    assert account.status() == "UPDATE_COMPLETE"
    stable = ("WebhookUrl", "WebhookSecretArn", "StateMachineArn", "FenceTableName", "NotificationTopicArn")
    assert {name: account.outputs()[name] for name in stable} == {name: before[name] for name in stable}
    assert record(account) == open_record
    gate.set()
    ended = end_of(account, started["executionArn"])
    assert ended["status"] == "SUCCEEDED", ended
    assert json.loads(ended["output"])["code"] == "Fenced"
    assert record(account)["phase"] == {"S": "FENCED"}


def write_open_record(account: Account) -> dict[str, Any]:
    """The decision of an execution that was lost before it could carry it out."""
    item = {
        "sites": {"S": "site-a+site-b"},
        "gen": {"N": "1"},
        "survivor": {"S": "site-a"},
        "fenced": {"S": "site-b"},
        "phase": {"S": "FENCING"},
        "decidedAt": {"S": "2026-11-22T18:32:40+00:00"},
        "execution": {"S": "site-a-site-b-0123456789abcdef-0"},
        "removed": {"L": []},
    }
    account.client("dynamodb").put_item(TableName=account.outputs()["FenceTableName"], Item=item)
    return item


def record(account: Account) -> dict[str, Any]:
    key = {"sites": {"S": "site-a+site-b"}}
    found: dict[str, Any] = account.client("dynamodb").get_item(TableName=account.outputs()["FenceTableName"], Key=key)
    item: dict[str, Any] = found["Item"]
    return item


def end_of(account: Account, execution: str) -> dict[str, Any]:
    deadline = time.monotonic() + END_SECONDS
    while True:
        described: dict[str, Any] = account.client("stepfunctions").describe_execution(executionArn=execution)
        if described["status"] != "RUNNING":
            return described
        assert time.monotonic() < deadline, f"{execution} doesn't end"
        time.sleep(0.1)
