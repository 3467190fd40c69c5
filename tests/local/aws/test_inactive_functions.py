"""Functions in a VPC that Lambda has put to sleep."""

import io
import json
import zipfile
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local.aws import clock, inactive_functions
from local.aws.in_process import InProcessAws
from tests.local.aws.conftest import ROLE, Lambdas, Machines
from tests.local.aws.functions import TRUST
from tests.local.aws.test_state_machines import task

NOT_READY = (
    "The function is inactive and its VPC connection is no longer available. Wait for the VPC connection to "
    "reestablish and try again."
)
INACTIVE = ("ResourceNotReadyException", 502, NOT_READY)
PENDING = (
    "ResourceConflictException",
    409,
    "The operation cannot be performed at this time. The function is currently in the following state: Pending",
)


def create(name: str, **more: Any) -> None:
    """A function of the account; its handler is another matter."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr("app.py", "")
    code: Any = {"ZipFile": archive.getvalue()}
    boto3.client("lambda").create_function(
        FunctionName=name, Role=ROLE, Code=code, Handler="app.x", Runtime="python3.13", **more
    )


@pytest.fixture(autouse=True)
def _functions(lambdas: Lambdas, aws: InProcessAws) -> None:
    boto3.client("iam").create_role(RoleName="any", AssumeRolePolicyDocument=json.dumps(TRUST))
    create("inside", VpcConfig={"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]})
    create("outside")
    lambdas["inside"] = lambdas["outside"] = lambda _event, _context: "done"


def invoke(name: str) -> Any:
    """The answer, or what the error says."""
    client = boto3.client("lambda", config=Config(retries={"total_max_attempts": 1}))
    try:
        return client.invoke(FunctionName=name)["Payload"].read().decode()
    except ClientError as error:
        response: Any = error.response
        return (response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Message"])


def state(name: str) -> tuple[str, str | None]:
    configuration = boto3.client("lambda").get_function_configuration(FunctionName=name)
    return configuration["State"], configuration.get("StateReasonCode")


def test_the_first_call_fails_and_lets_the_function_recover():
    inactive_functions.sleep(90)
    assert state("inside") == ("Inactive", "Idle")
    clock.skip(1000)
    assert invoke("inside") == INACTIVE, "time alone doesn't help"
    assert state("inside") == ("Pending", "Restoring")
    clock.skip(89)
    assert invoke("inside") == PENDING
    clock.skip(1)
    assert invoke("inside") == '"done"'
    assert state("inside") == ("Active", None)


def test_a_function_outside_of_a_vpc_stays_active():
    inactive_functions.sleep(90)
    assert state("outside") == ("Active", None)
    assert invoke("outside") == '"done"'


def test_all_is_well_when_they_are_woken():
    inactive_functions.sleep(90)
    invoke("inside")
    inactive_functions.wake()
    assert invoke("inside") == '"done"'


def test_a_state_machine_sees_both_errors_and_90_s_of_retries(machines: Machines, aws: InProcessAws):
    inactive_functions.sleep(90)
    names = ["Lambda.ResourceNotReadyException", "Lambda.ResourceConflictException"]
    retry = [{"ErrorEquals": names, "IntervalSeconds": 5, "BackoffRate": 1, "MaxAttempts": 24}]
    described = machines.run({"Call": task("inside", Retry=retry)})
    assert described["output"] == "done"
    assert sum(pause.seconds for pause in aws.pauses) == 90
    history = machines.client.get_execution_history(executionArn=described["executionArn"], maxResults=200)["events"]
    failed = [event["taskFailedEventDetails"] for event in history if event["type"] == "TaskFailed"]
    assert [details["error"] for details in failed] == [names[0]] + [names[1]] * 17
    assert failed[0]["cause"].startswith(f"{NOT_READY} (Service: AWSLambda; Status Code: 502; Error Code: ")
