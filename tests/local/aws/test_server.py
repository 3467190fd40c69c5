"""The local AWS behind its endpoint: one at a time, with nothing left behind."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError
from werkzeug.wrappers import Request, Response

from local.aws.clients import client
from local.aws.server import LocalAws
from tests.local.aws.functions import REGION, Function, make_role

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("local-aws-server")]

PROJECT = Path(__file__).parents[3]
ONE_ATTEMPT = Config(retries={"total_max_attempts": 1})


@Request.application
def route(request: Request) -> Response:
    return Response(f"{request.script_root} {request.path}")


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    with LocalAws(log_directory=tmp_path_factory.mktemp("logs"), routes={"/_extra": route}) as running:
        make_role(running)
        yield running


def status(url: str, **request: Any) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, **request)) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_a_function_url_is_answered(aws: LocalAws):
    function = Function(aws, "url", Handler="app.url")
    url = function.client.create_function_url_config(FunctionName="url", AuthType="NONE")["FunctionUrl"]
    assert url.startswith(f"{aws.endpoint_url}/lambda-url/")
    with urllib.request.urlopen(f"{url}some/path") as response:
        assert (response.status, response.read()) == (202, b"/some/path")
    assert status(f"{url}fail") == 502
    assert status(f"{aws.endpoint_url}/lambda-url/unknown/") == 404
    assert status(url, data=b"x" * (6 * 1024 * 1024 + 1)) == 413
    function.client.update_function_url_config(FunctionName="url", AuthType="AWS_IAM")
    assert status(url) == 403


def test_cloud_control_knows_function_urls_and_nothing_else(aws: LocalAws):
    function = Function(aws, "controlled")
    control = client("cloudcontrol", REGION, aws.endpoint_url)
    asked = {"TypeName": "AWS::Lambda::Url", "Identifier": "controlled"}
    with pytest.raises(control.exceptions.ResourceNotFoundException):
        control.get_resource(**asked)
    url = function.client.create_function_url_config(FunctionName="controlled", AuthType="NONE")["FunctionUrl"]
    found = control.get_resource(**asked)["ResourceDescription"]
    assert json.loads(found["Properties"])["FunctionUrl"] == url
    with pytest.raises(control.exceptions.UnsupportedActionException):
        control.get_resource(TypeName="AWS::SNS::Topic", Identifier="any")


def test_other_routes_find_their_prefix(aws: LocalAws):
    with urllib.request.urlopen(f"{aws.endpoint_url}/_extra/some/path") as response:
        assert response.read() == b"/_extra /some/path"


def test_global_accelerator_is_in_one_region_only(aws: LocalAws):
    assert client("globalaccelerator", REGION, aws.endpoint_url).list_accelerators()["Accelerators"] == []
    elsewhere = boto3.client(
        "globalaccelerator",
        "eu-west-1",
        endpoint_url=aws.endpoint_url,
        config=ONE_ATTEMPT,
    )
    with pytest.raises(ConnectionClosedError):
        elsewhere.list_accelerators()


def test_there_is_one_at_a_time(aws: LocalAws, tmp_path: Path):
    with pytest.raises(RuntimeError, match="already in use"):
        LocalAws(log_directory=tmp_path).start()


@dataclass
class Lives:
    """What `lives` said, and what it wrote to stderr until it was killed."""

    refusal: str
    tables: list[int]
    endpoints: list[str]
    processes: list[Path]
    errors: str


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> Lives:
    directory = str(tmp_path_factory.mktemp("lives"))
    command = [sys.executable, "-m", "tests.local.aws.lives", directory]
    environment = {**os.environ, "TMPDIR": directory}  # who is killed can't remove what was unpacked
    with subprocess.Popen(
        command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        refusal = process.stdout.readline().strip()
        said = [process.stdout.readline().split() for _ in range(3)]
        process.kill()
        errors = process.stderr.read()
    tables, endpoints, pids = zip(*said, strict=True)
    return Lives(refusal, [int(n) for n in tables], list(endpoints), [Path("/proc", pid) for pid in pids], errors)


def test_it_does_not_mix_with_mock_aws(lives: Lives):
    assert lives.refusal == "moto is already in use in this process"


def test_it_can_be_started_again_and_is_empty(lives: Lives):
    assert lives.tables == [0, 0, 0]


def test_no_process_is_left_behind(lives: Lives):
    """Not even when it is killed itself: then the functions notice that their runtime is gone."""
    deadline = time.monotonic() + 10
    while any(process.exists() for process in lives.processes) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [process for process in lives.processes if process.exists()] == []


def test_no_endpoint_answers_any_more(lives: Lives):
    for endpoint in lives.endpoints:
        with pytest.raises(EndpointConnectionError):
            boto3.client("sts", REGION, endpoint_url=endpoint, config=ONE_ATTEMPT).get_caller_identity()


def test_nothing_is_written_to_the_terminal(lives: Lives):
    assert lives.errors == ""
