"""Quotas: buckets of tokens, and how each service answers when there is none."""

import threading
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local.aws import clock, throttling
from local.aws.clients import AS_OBSERVER
from local.aws.in_process import InProcessAws
from local.aws.quotas import CONCURRENT_EXECUTIONS, PUBLISHED, Buckets, Quota
from tests.local.aws.conftest import Lambdas, Machines
from tests.local.aws.test_state_machines import task

ONE_ATTEMPT = Config(retries={"total_max_attempts": 1})


class Seconds:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


def taken(buckets: Buckets, times: int, operation: str = "DescribeTags", region: str = "eu-west-1") -> int:
    """How many of so many calls get a token."""
    return sum(buckets.take("elbv2", operation, region) for _ in range(times))


def test_a_bucket_is_emptied_and_refilled(seconds: Seconds):
    buckets = Buckets(PUBLISHED, seconds)
    assert taken(buckets, 100) == 40
    seconds.now += 0.5
    assert taken(buckets, 100) == 5
    seconds.now += 3600
    assert taken(buckets, 100) == 40


def test_operations_share_a_bucket_and_regions_do_not(seconds: Seconds):
    buckets = Buckets(PUBLISHED, seconds)
    assert taken(buckets, 30, "DescribeLoadBalancers") == 30
    assert taken(buckets, 30, "DescribeTags") == 10
    assert taken(buckets, 30, "CreateLoadBalancer") == 30, "no quota is published"
    assert taken(buckets, 30, region="eu-central-1") == 30


def test_a_refused_call_takes_nothing_from_the_other_bucket(seconds: Seconds):
    buckets = Buckets((Quota("elbv2", ("*",), 2, 1), Quota("elbv2", ("Describe*",), 1, 0)), seconds)
    assert [taken(buckets, 2), taken(buckets, 2, "CreateLoadBalancer")] == [1, 1]


def test_a_thread_whose_clock_is_behind_takes_nothing_back(seconds: Seconds):
    buckets = Buckets(PUBLISHED, seconds)
    assert taken(buckets, 40) == 40
    seconds.now -= 100
    assert taken(buckets, 1) == 0
    seconds.now += 101
    assert taken(buckets, 20) == 10


@pytest.mark.parametrize(("region", "bucket"), [("us-west-2", 1300), ("eu-central-1", 800)])
def test_step_functions_has_more_in_its_major_regions(seconds: Seconds, region: str, bucket: int):
    buckets = Buckets(PUBLISHED, seconds)
    assert sum(buckets.take("stepfunctions", "StartExecution", region) for _ in range(2000)) == bucket


@pytest.mark.usefixtures("aws")
class TestAnswers:
    @pytest.mark.parametrize(
        ("service", "operation", "expected"),
        [
            ("globalaccelerator", "list_accelerators", ("ThrottlingException", 400, "Rate exceeded")),
            ("elbv2", "describe_load_balancers", ("ThrottlingException", 400, "Rate exceeded")),
            ("stepfunctions", "list_state_machines", ("ThrottlingException", 400, "Rate exceeded")),
            ("secretsmanager", "list_secrets", ("ThrottlingException", 400, "Rate exceeded")),
            ("events", "list_rules", ("ThrottlingException", 400, "Rate exceeded")),
            ("sns", "list_topics", ("Throttling", 400, "Rate exceeded")),
        ],
    )
    def test_each_service_answers_in_its_own_way(self, service: str, operation: str, expected: Any):
        throttling.apply(Quota(service, ("*",), 1, 1))
        client: Any = boto3.client(service, config=ONE_ATTEMPT)  # type: ignore[call-overload]
        getattr(client, operation)()
        with pytest.raises(ClientError) as caught:
            getattr(client, operation)()
        response: Any = caught.value.response
        error = response["Error"]
        assert (error["Code"], response["ResponseMetadata"]["HTTPStatusCode"], error["Message"]) == expected

    def test_botocore_knows_dynamodb_s_answer_and_waits(self, monkeypatch: pytest.MonkeyPatch):
        throttling.apply(Quota("dynamodb", ("ListTables",), 1, 10))
        monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _seconds: clock.skip(1)))
        client = boto3.client("dynamodb")
        retries = [client.list_tables()["ResponseMetadata"]["RetryAttempts"] for _ in range(2)]
        assert retries == [0, 1]

    def test_who_looks_at_the_world_needs_no_token(self):
        throttling.apply(Quota("sns", ("*",), 1, 0))
        observer = boto3.client("sns", config=AS_OBSERVER)
        for _ in range(3):
            observer.list_topics()
        boto3.client("sns", config=ONE_ATTEMPT).list_topics()

    def test_nothing_is_throttled_any_more(self):
        throttling.apply(Quota("sns", ("*",), 1, 0))
        throttling.lift()
        for _ in range(3):
            boto3.client("sns", config=ONE_ATTEMPT).list_topics()

    def test_a_state_machine_sees_lambda_s_answer(self, lambdas: Lambdas, machines: Machines, aws: InProcessAws):
        lambdas["answer"] = lambda _event, _context: "done"
        throttling.apply(Quota("lambda", ("*",), 1, 1))
        states = {"First": task("answer", Next="Second"), "Second": task("answer")}
        described = machines.run(states)
        assert described["error"] == "Lambda.TooManyRequestsException"
        assert described["cause"].startswith("Rate Exceeded. (Service: AWSLambda; Status Code: 429; ")
        retry = [{"ErrorEquals": ["Lambda.TooManyRequestsException"], "IntervalSeconds": 2}]
        states["Second"] = task("answer", Retry=retry)
        throttling.lift()
        throttling.apply(Quota("lambda", ("*",), 1, 1))
        assert machines.run(states)["output"] == "done"
        assert [pause.seconds for pause in aws.pauses] == [2]

    def test_so_many_functions_run_at_a_time(self, lambdas: Lambdas):
        running, released = threading.Semaphore(0), threading.Event()

        def hold(_event: Any, _context: Any) -> None:
            running.release()
            released.wait(30)

        lambdas["hold"] = hold
        throttling.apply(*PUBLISHED, concurrency=2)
        client = boto3.client("lambda", config=ONE_ATTEMPT)
        callers = [threading.Thread(target=client.invoke, kwargs={"FunctionName": "hold"}) for _ in range(2)]
        for caller in callers:
            caller.start()
            running.acquire(timeout=10)
        with pytest.raises(ClientError, match="TooManyRequestsException"):
            client.invoke(FunctionName="hold")
        released.set()
        for caller in callers:
            caller.join()
        assert client.invoke(FunctionName="hold")["StatusCode"] == 200
        assert CONCURRENT_EXECUTIONS == 1000
