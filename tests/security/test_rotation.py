"""The webhook's secret is rotated while requests arrive: who sends the old or the new credentials is never refused."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from random import Random

import boto3
import pytest
from moto import mock_aws

from fencing.adapters.executions import Executions
from fencing.adapters.secrets import Secret
from fencing.authentication import BasicAuthenticator
from fencing.settings import Sites
from fencing.steps.receive_alerts import ReceiveAlerts, Request
from verification.fuzz.corpus import BODIES, DOCUMENTS, basic

USERNAME = "alertmanager"
RESOLVED = next(body for body, document in zip(BODIES, DOCUMENTS, strict=True) if document["status"] == "resolved")
PROCESSES, REQUESTS_PER_ROUND, ROUNDS = 12, 20, 5
GUESSES_IN_TEN_SECONDS = 50
REGION = "us-west-2"


def password(version: int) -> str:
    return f"correct:horse-{version}"


class Process:
    """A warm Lambda process: it keeps a secret of its own, and is given one request at a time.

    Its clock is ahead of the others' by leaps, so that what it keeps is fresh, stale or just fetched.
    """

    def __init__(self, arn: str, number: int) -> None:
        self._random = Random(number)
        self._clock = datetime.now(UTC)
        secret = Secret(arn, lambda: self._clock, boto3.client("secretsmanager", REGION))
        executions = Executions("unused", boto3.client("stepfunctions", REGION))
        self._step = ReceiveAlerts(
            BasicAuthenticator(secret), Sites("site-a", "site-b"), (), executions, lambda: datetime.now(UTC)
        )

    def status(self, version: int) -> int:
        self.rest(self._random.choice((0.0, 0.1, 1.0, 100.0, 400.0)))
        return self.status_for(password(version))

    def status_for(self, given: str) -> int:
        authorization = basic(USERNAME, given)
        request = Request(method="POST", authorization=authorization, body=RESOLVED.decode(), is_base64=False)
        return self._step(request).status

    def rest(self, seconds: float = 10.0) -> None:
        """Let the seconds pass; by default those in which nothing is fetched again."""
        self._clock += timedelta(seconds=seconds)


@pytest.fixture
def arn() -> Iterator[str]:
    with mock_aws():
        text = json.dumps({"username": USERNAME, "password": password(0)})
        yield boto3.client("secretsmanager", REGION).create_secret(Name="webhook", SecretString=text)["ARN"]


def rotate(arn: str, version: int) -> None:
    text = json.dumps({"username": USERNAME, "password": password(version)})
    boto3.client("secretsmanager", REGION).put_secret_value(SecretId=arn, SecretString=text)


def test_nobody_is_refused_during_rotations(arn):
    processes = [Process(arn, number) for number in range(PROCESSES)]
    for version in range(ROUNDS):
        rotated = threading.Event()

        def work(process: Process, version: int = version, rotated: threading.Event = rotated) -> Counter[int]:
            statuses: Counter[int] = Counter()
            for number in range(REQUESTS_PER_ROUND):
                # The new password is known to nobody before it is in the secret; the old one is used for a while after.
                known = rotated.is_set()
                statuses[process.status(version + 1 if known and number % 2 else version)] += 1
            rotated.wait()
            statuses[process.status(version + 1)] += 1
            statuses[process.status(version)] += 1
            process.rest()
            return statuses

        with ThreadPoolExecutor(PROCESSES) as pool:
            working = [pool.submit(work, process) for process in processes]
            rotate(arn, version + 1)
            rotated.set()
            answered = sum((done.result() for done in working), Counter[int]())
        assert answered == {200: PROCESSES * (REQUESTS_PER_ROUND + 2)}


def test_a_guesser_keeps_neither_the_old_nor_the_new_password_out(arn):
    """As docs/security.md says: put the new one into the secret, wait ten seconds, then use it."""
    process = Process(arn, 1)
    for version in range(ROUNDS):
        rotate(arn, version + 1)
        for _ in range(GUESSES_IN_TEN_SECONDS):
            process.rest(10.0 / GUESSES_IN_TEN_SECONDS)
            assert process.status_for("guessed") == 401
            assert process.status_for(password(version)) == 200
        assert process.status_for(password(version + 1)) == 200
        assert process.status_for(password(version)) == 200


@pytest.mark.parametrize("process_is_warm", [True, False])
def test_the_password_before_the_previous_one_is_refused(arn, process_is_warm):
    process = Process(arn, 1)
    if process_is_warm:
        assert process.status(0) == 200
    rotate(arn, 1)
    process.rest()
    assert process.status(1) == 200
    rotate(arn, 2)
    process.rest()
    assert [process.status(2), process.status(1), process.status(0)] == [200, 200, 401]
