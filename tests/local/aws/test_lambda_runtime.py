"""Functions in real processes, as Lambda runs them."""

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from botocore.config import Config

from local.aws import inactive_functions, lambda_runtime
from local.aws.clients import client
from local.aws.server import LocalAws
from local.functions_python import functions_python
from tests.local.aws.functions import REGION, Function, make_role
from tests.local.aws.probes.probe import error_code


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    with LocalAws(log_directory=tmp_path_factory.mktemp("logs")) as running:
        make_role(running)
        yield running


def test_a_function_has_the_environment_of_lambda(aws: LocalAws):
    function = Function(aws, "environment", Environment={"Variables": {"OWN": "value"}}, MemorySize=256)
    seen = function.invoke()
    expected = {
        "OWN": "value",
        "AWS_ENDPOINT_URL": aws.endpoint_url,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_LAMBDA_FUNCTION_NAME": "environment",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/environment",
        "TZ": ":UTC",
    }
    assert {name: seen["environment"].get(name) for name in expected} == expected
    assert seen["arn"] == "arn:aws:lambda:us-west-2:123456789012:function:environment"
    assert 0 < seen["left"] <= 10_000
    assert "HOME" not in seen["environment"]


def test_a_function_reaches_the_local_aws(aws: LocalAws):
    s3 = client("s3", REGION, aws.endpoint_url)
    s3.create_bucket(Bucket="found", CreateBucketConfiguration={"LocationConstraint": REGION})
    assert Function(aws, "reaches").invoke(buckets=True) == ["found"]


def test_a_package_that_was_not_brought_is_missing(aws: LocalAws):
    """pytest is installed here, in the virtual environment; in Lambda it wouldn't be."""
    assert Function(aws, "imports").invoke(**{"import": "pytest"}).startswith("ModuleNotFoundError")


def test_a_function_runs_on_the_functions_python(aws: LocalAws):
    function = Function(aws, "version", code="import sys\ndef handler(event, context): return sys.version.split()[0]")
    assert function.invoke() == functions_python().version
    first_line = (aws._log_directory / "version.log").read_text().splitlines()[0]
    assert first_line == f"INIT_START Runtime Version: python:{functions_python().version}"


def test_a_process_is_used_again(aws: LocalAws):
    function = Function(aws, "again")
    assert function.invoke()["pid"] == function.invoke()["pid"]


CLOCKS = """
import threading, time

read = {name: getattr(time, name)() for name in ("time", "monotonic", "perf_counter")}
seen = []

def watch():
    while True:
        seen.append(time.monotonic())
        time.sleep(0.01)

threading.Thread(target=watch, daemon=True).start()

def handler(event, context):
    time.sleep(event.get("sleep", 0))
    before = dict(read)
    read.update({name: getattr(time, name)() for name in read})
    assert isinstance(time.monotonic_ns(), int)
    return {name: read[name] - before[name] for name in read} | {"backwards": seen != sorted(seen)}
"""


def test_the_monotonic_clocks_stand_still_between_invocations(aws: LocalAws):
    """The wall clock goes on; no clock goes back, for a thread that the function has left behind neither."""
    function = Function(aws, "clocks", code=CLOCKS)
    function.invoke()
    time.sleep(1.5)
    passed = function.invoke(sleep=0.3)
    assert passed["time"] >= 1.8
    assert 0.3 <= passed["monotonic"] < 1.2
    assert 0.3 <= passed["perf_counter"] < 1.2
    assert not passed["backwards"]


def test_simultaneous_invocations_have_a_process_each(aws: LocalAws):
    function, pids = Function(aws, "many"), []
    callers = [threading.Thread(target=lambda: pids.append(function.invoke(sleep=0.5)["pid"])) for _ in range(3)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert len(set(pids)) == 3
    assert sorted(lambda_runtime.processes()["many"]) == sorted(pids)


def test_reserved_concurrency_refuses_more(aws: LocalAws):
    function = Function(aws, "reserved")
    function.client.put_function_concurrency(FunctionName="reserved", ReservedConcurrentExecutions=1)
    first = threading.Thread(target=function.invoke, kwargs={"sleep": 3})
    first.start()
    while not lambda_runtime.processes().get("reserved"):
        time.sleep(0.01)
    impatient = boto3.client(
        "lambda", REGION, endpoint_url=aws.endpoint_url, config=Config(retries={"total_max_attempts": 1})
    )
    assert error_code(lambda: impatient.invoke(FunctionName="reserved")) == "TooManyRequestsException"
    first.join()


def test_an_inactive_function_recovers(aws: LocalAws):
    vpc = {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}
    function = Function(aws, "inactive", VpcConfig=vpc)
    once = boto3.client(
        "lambda", REGION, endpoint_url=aws.endpoint_url, config=Config(retries={"total_max_attempts": 1})
    )
    inactive_functions.sleep(1.0)
    assert error_code(lambda: once.invoke(FunctionName="inactive")) == "ResourceNotReadyException"
    assert error_code(lambda: once.invoke(FunctionName="inactive")) == "ResourceConflictException"
    time.sleep(1.0)
    assert function.invoke()["pid"]
    inactive_functions.wake()


def test_an_error_is_a_function_error_and_the_process_stays(aws: LocalAws):
    function = Function(aws, "raises")
    assert function.invoke(**{"raise": "boom"}) == "ValueError: boom"
    assert function.invoke(**{"raise": "again"}) == "ValueError: again"
    assert len(lambda_runtime.processes()["raises"]) == 1


def test_a_function_that_takes_too_long_is_killed(aws: LocalAws):
    function = Function(aws, "slow", Timeout=1)
    pid = function.invoke()["pid"]
    assert function.invoke(sleep=30).startswith("Sandbox.Timedout: RequestId: ")
    assert "slow" not in lambda_runtime.processes()
    assert not Path(f"/proc/{pid}").exists()
    assert function.invoke()["pid"] != pid


def test_a_process_that_exits_is_an_error(aws: LocalAws):
    answer = Function(aws, "exits").invoke(exit=3)
    assert answer.startswith("Runtime.ExitError")
    assert answer.endswith("Runtime exited with error: exit status 3")


def test_a_function_that_cannot_start_is_an_error(aws: LocalAws):
    function = Function(aws, "broken", code="import missing_module")
    assert function.invoke().startswith("Runtime.ImportModuleError: Unable to import module 'app'")


def test_a_crash_before_the_work_and_one_after_it(aws: LocalAws, tmp_path: Path):
    function, mark = Function(aws, "crashes"), tmp_path / "mark"
    lambda_runtime.crash("crash")
    assert function.invoke(write=str(mark)).endswith("signal: killed")
    assert not mark.exists()
    lambda_runtime.crash("crash", times=2, after="response")
    for _ in range(2):
        assert function.invoke(write=str(mark)).endswith("signal: killed")
    assert mark.read_text() == "xx"
    function.invoke(write=str(mark))
    assert mark.read_text() == "xxx"


def test_logs_are_in_a_file_and_in_cloudwatch(aws: LocalAws):
    function = Function(aws, "logs")
    answer = function.client.invoke(FunctionName="logs", Payload='{"n": 1}', LogType="Tail")
    assert "LogResult" in answer
    function.invoke(**{"raise": "boom"})
    # What a function prints may reach its file a moment after its answer reaches the caller.
    told, text = "[ERROR] ValueError: boom\nTraceback (most recent call last):\n", ""
    deadline = time.monotonic() + 5
    while told not in text and time.monotonic() < deadline:
        text = (aws._log_directory / "logs.log").read_text()
    assert told in text
    assert 'seen {"n": 1}\n' in text
    events = client("logs", REGION, aws.endpoint_url).filter_log_events(logGroupName="/aws/lambda/logs")["events"]
    assert 'seen {"n": 1}' in [event["message"] for event in events]


def test_new_code_and_configuration_take_effect(aws: LocalAws):
    function = Function(aws, "changes")
    before = function.invoke()["pid"]
    function.client.update_function_configuration(FunctionName="changes", Environment={"Variables": {"NEW": "1"}})
    after = function.invoke()
    assert after["environment"]["NEW"] == "1"
    assert lambda_runtime.processes()["changes"] == [after["pid"]]
    assert before != after["pid"]


def test_an_event_invocation_does_not_wait(aws: LocalAws, tmp_path: Path):
    function, mark = Function(aws, "event"), tmp_path / "mark"
    payload = json.dumps({"sleep": 1, "write": str(mark)})
    began = time.monotonic()
    answer = function.client.invoke(FunctionName="event", InvocationType="Event", Payload=payload)
    assert (answer["StatusCode"], mark.exists()) == (202, False)
    while not mark.exists():
        assert time.monotonic() - began < 30
        time.sleep(0.05)
