"""What docs/local.md promises of `make stack`: it says where it is, answers, and ends without leaving anything."""

from __future__ import annotations

import json
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
import urllib3

from local.scenarios.alertmanager import CAPTURED_BODIES
from local.world.api import WorldClient
from tests.local.commands.programs import PROJECT, Program, alive, descendants, program
from tests.local.commands.terminals import INTERRUPT, program_on_terminal
from tests.security.leaks.watch import forms_of

pytestmark = [pytest.mark.sam, pytest.mark.slow]

REFUSED = {"alert": 1, "reason": "The label 'site' names none of this stack's sites (site-a and site-b)."}


@dataclass
class RunningStack:
    program: Program
    file: Path
    http: urllib3.PoolManager

    @property
    def described(self) -> Any:
        return json.loads(self.file.read_text())

    def post(self, body: bytes, *, password: str | None = None, method: str = "POST") -> urllib3.BaseHTTPResponse:
        described = self.described
        headers = urllib3.make_headers(basic_auth=f"{described['username']}:{password or described['password']}")
        return self.http.request(method, described["webhook_url"], body=body, headers=headers)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    directory = tmp_path_factory.mktemp("stack")
    with program("stack", "--directory", str(directory), output=directory / "output") as started:
        started.wait_until_it_says("Ctrl-C ends it.")
        yield RunningStack(started, directory / "stack.json", urllib3.PoolManager(retries=False))


@pytest.mark.parametrize(
    ("name", "status", "executions", "ignored", "refused"),
    [
        ("01-firing-single", 202, 1, 0, None),
        ("02-firing-two-second-joined", 422, 1, 0, [REFUSED]),
        ("03-one-resolved-one-firing", 422, 0, 1, [REFUSED]),
        ("04-resolved-last-one", 200, 0, 1, None),
        ("05-firing-two-at-once", 422, 1, 0, [REFUSED]),
        ("06-resolved-two", 200, 0, 2, None),
        ("07-firing-single-again-new-startsAt", 202, 1, 0, None),
        ("08-resolved-plus-stale-resolved", 200, 0, 2, None),
    ],
)
def test_a_captured_body_is_answered(
    stack: RunningStack, name: str, status: int, executions: int, ignored: int, refused: list[Any] | None
) -> None:
    answer = stack.post((CAPTURED_BODIES / f"{name}.am-0.28.1.json").read_bytes())

    told = answer.json()
    assert answer.status == status
    assert len(told["executions"]) == executions
    assert told["ignored"] == ignored
    assert told.get("refused") == refused


@pytest.mark.parametrize(
    ("body", "method", "status"),
    [(b"not JSON", "POST", 400), (b'{"version": "3", "alerts": []}', "POST", 400), (b"", "GET", 405)],
)
def test_what_is_no_webhook_call_is_turned_away(stack: RunningStack, body: bytes, method: str, status: int) -> None:
    answer = stack.post(body, method=method)

    assert answer.status == status
    assert answer.json()["error"]


def test_a_wrong_password_is_turned_away(stack: RunningStack) -> None:
    answer = stack.post((CAPTURED_BODIES / "01-firing-single.am-0.28.1.json").read_bytes(), password="wrong")

    assert answer.status == 401
    # Lambda renames the header of a function's answer.
    assert answer.headers["x-amzn-remapped-www-authenticate"].startswith("Basic ")


def test_its_logs_do_not_tell_the_password(stack: RunningStack) -> None:
    described = stack.described
    logged = "".join(log.read_text() for log in (stack.file.parent / "logs").glob("*.log"))

    assert "request answered" in logged
    assert [form for form in forms_of(described["username"], described["password"]) if form in logged] == []


def test_the_file_says_where_everything_is(stack: RunningStack) -> None:
    described = stack.described
    options = {
        "region_name": described["region"],
        "endpoint_url": described["endpoint_url"],
        "aws_access_key_id": "local",
        "aws_secret_access_key": "local",
    }
    machine = boto3.client("stepfunctions", **options).describe_state_machine(
        stateMachineArn=described["state_machine_arn"]
    )
    table = boto3.client("dynamodb", **options).describe_table(TableName=described["table"])
    accelerators = boto3.client("globalaccelerator", **options).list_accelerators(MaxResults=100)["Accelerators"]

    assert machine["status"] == "ACTIVE"
    assert table["Table"]["KeySchema"] == [{"AttributeName": "sites", "KeyType": "HASH"}]
    assert described["accelerator"] in {accelerator["DnsName"] for accelerator in accelerators}
    assert set(WorldClient(described["control_url"]).show()) >= {"endpoints", "infinispan", "record", "executions"}
    with urllib3.PoolManager(ca_certs=described["ca_certificate"], retries=False) as trusting:
        for site in described["sites"].values():
            assert trusting.request("GET", f"{site['infinispan_url']}/rest/v2/container/health/status").status == 200


def test_the_commands_that_it_shows_are_for_this_stack(stack: RunningStack) -> None:
    """It isn't the one of `make stack`: its directory is another one."""
    indented = re.search(r"In a second terminal:\n\n(.*)\n\nCtrl-C", stack.program.output, re.DOTALL)
    assert indented is not None
    cut, curl, show = re.sub(r" \\\n *", " ", indented[1]).splitlines()
    told = [
        subprocess.run(["sh", "-c", command], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
        for command in (cut, curl, show)
    ]
    assert shlex.split(cut)[-3:] == ["--stack", str(stack.file), "cut"]
    assert told[0] == "The link is cut.\n"
    assert "202" in told[1].splitlines()[0]
    assert "Infinispan (link cut)" in told[2]


def test_the_file_is_not_for_others(stack: RunningStack) -> None:
    assert stack.file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("with_signal", [signal.SIGINT, signal.SIGTERM], ids=lambda each: each.name)
def test_a_running_stack_ends_cleanly(tmp_path: Path, with_signal: signal.Signals) -> None:
    with program("stack", "--directory", str(tmp_path), output=tmp_path / "output") as stack:
        assert not (tmp_path / "stack.json").exists()
        stack.wait_until_it_says("Ctrl-C ends it.")
        assert (tmp_path / "stack.json").exists()
        started = stack.descendants()
        status = stack.end(with_signal)

    assert status == 0, stack.output
    assert started
    assert alive(started) == set()
    assert not (tmp_path / "stack.json").exists()
    assert "Traceback" not in stack.output


@pytest.mark.parametrize("phase", ["Starting local AWS and two simulated sites", "sam deploy"])
def test_a_stack_that_is_starting_ends_cleanly_by_ctrl_c(tmp_path: Path, phase: str) -> None:
    command = [sys.executable, "-m", "local", "stack", "--directory", str(tmp_path)]
    with program_on_terminal(80, command) as stack:
        stack.wait_for(f"{phase}, ")
        started = descendants(stack.pid)
        stack.press(INTERRUPT)
        status = stack.status()

    assert status == 130
    assert alive(started) == set()
    assert not (tmp_path / "stack.json").exists()
    assert b"Traceback" not in stack.written
    assert stack.text.endswith(" stopped")
