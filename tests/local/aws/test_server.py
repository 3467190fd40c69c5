"""The local AWS behind its endpoint: one at a time, with nothing left behind."""

import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError
from werkzeug.wrappers import Request, Response

from local.aws.clients import client
from local.aws.server import LocalAws
from tests.local.aws.functions import REGION, Function

PROJECT = Path(__file__).parents[3]


@Request.application
def route(request: Request) -> Response:
    return Response(f"{request.script_root} {request.path}")


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    with LocalAws(log_directory=tmp_path_factory.mktemp("logs"), routes={"/_extra": route}) as running:
        client("iam", REGION, running.endpoint_url).create_role(RoleName="any", AssumeRolePolicyDocument="{}")
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


def test_other_routes_find_their_prefix(aws: LocalAws):
    with urllib.request.urlopen(f"{aws.endpoint_url}/_extra/some/path") as response:
        assert response.read() == b"/_extra /some/path"


def test_global_accelerator_is_in_one_region_only(aws: LocalAws):
    assert client("globalaccelerator", REGION, aws.endpoint_url).list_accelerators()["Accelerators"] == []
    elsewhere = boto3.client(
        "globalaccelerator",
        "eu-west-1",
        endpoint_url=aws.endpoint_url,
        config=Config(retries={"total_max_attempts": 1}),
    )
    with pytest.raises(ConnectionClosedError):
        elsewhere.list_accelerators()


def test_there_is_one_at_a_time(aws: LocalAws, tmp_path: Path):
    with pytest.raises(RuntimeError, match="already in use"):
        LocalAws(log_directory=tmp_path).start()


START = """
import sys, time
from pathlib import Path
from local.aws.server import LocalAws
from local.aws.clients import client
from tests.local.aws.functions import Function
aws = LocalAws(log_directory=Path(sys.argv[1]))
aws.start()
client("iam", "us-west-2", aws.endpoint_url).create_role(RoleName="any", AssumeRolePolicyDocument="{}")
pid = Function(aws, "left").invoke()["pid"]
print(aws.endpoint_url, pid, flush=True)
{wait}
aws.stop()
aws.stop()
"""


@pytest.mark.parametrize("ending", ["stop", "killed"])
def test_nothing_is_left_behind(tmp_path: Path, ending: str):
    """By a process that stops it, nor by one that is killed: then the functions notice that their runtime is gone."""
    script = START.replace("{wait}", "" if ending == "stop" else "time.sleep(60)")
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        endpoint, pid = process.stdout.readline().decode().split()
        assert Path(f"/proc/{pid}").exists() or ending == "stop"
        if ending == "killed":
            process.send_signal(signal.SIGKILL)
        process.wait(30)
        assert process.stderr.read() == b""
    deadline = time.monotonic() + 10
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{pid}").exists()
    with pytest.raises(EndpointConnectionError):
        boto3.client(
            "sts", REGION, endpoint_url=endpoint, config=Config(retries={"total_max_attempts": 1})
        ).get_caller_identity()


def test_it_can_be_started_again_and_is_empty(tmp_path: Path):
    """In a process of its own: the other tests' one is running in this one."""
    script = """
import sys
from pathlib import Path
from local.aws.server import LocalAws
from local.aws.clients import client
for _ in range(2):
    with LocalAws(log_directory=Path(sys.argv[1])) as aws:
        tables = client("dynamodb", "us-west-2", aws.endpoint_url)
        assert tables.list_tables()["TableNames"] == []
        key = [{"AttributeName": "k", "AttributeType": "S"}]
        tables.create_table(TableName="t", BillingMode="PAY_PER_REQUEST", AttributeDefinitions=key,
                            KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}])
"""
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], cwd=PROJECT, check=True)


def test_it_does_not_mix_with_mock_aws(tmp_path: Path):
    script = """
import sys
from pathlib import Path
from moto import mock_aws
from local.aws.server import LocalAws
with mock_aws():
    try:
        LocalAws(log_directory=Path(sys.argv[1])).start()
    except RuntimeError as error:
        print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], cwd=PROJECT, check=True, capture_output=True, text=True
    )
    assert done.stdout == "moto is already in use in this process\n"
