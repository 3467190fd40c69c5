"""An AWS account per test in this process, two simulated sites per session, bodies as Alertmanager sends them."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import boto3
import botocore.endpoint
import pytest
from hypothesis import HealthCheck, settings

from fencing.observability import logger
from local.aws import InProcessAws, in_process_aws
from local.sites.simulated.pair import SimulatedPair
from tests.unit.logged import Logged

# moto would make up hundreds of machine images per region and test.
os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"

CAPTURED = sorted((Path(__file__).parents[2] / "events" / "alertmanager").glob("*.json"))

settings.register_profile(
    "unit", max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("unit")


@pytest.fixture(autouse=True)
def _retries_do_not_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    """botocore retries as often as it is configured to, but without its pauses."""
    monkeypatch.setattr(botocore.endpoint, "time", SimpleNamespace(sleep=lambda seconds: None))


@cache
def _boto3_session() -> boto3.Session:
    """One for all tests: moto wants a new one each time, and most of a test would be the reading of AWS's models."""
    return boto3.Session()


@pytest.fixture
def aws() -> Iterator[InProcessAws]:
    """An empty account in us-west-2."""
    with in_process_aws({}) as account, patch("boto3.DEFAULT_SESSION", _boto3_session()):
        yield account


@pytest.fixture(scope="session")
def _running_sites() -> Iterator[SimulatedPair]:
    with SimulatedPair() as pair:
        yield pair


@pytest.fixture
def sites(_running_sites: SimulatedPair) -> SimulatedPair:
    """Two sites that see each other, as new."""
    _running_sites.link.heal()
    for site in _running_sites.sites.values():
        site.reset()
    return _running_sites


@pytest.fixture(params=CAPTURED, ids=lambda path: path.name)
def alertmanager_body(request: pytest.FixtureRequest) -> str:
    """One of the bodies captured from a real Alertmanager."""
    body: str = request.param.read_text()
    return body


@pytest.fixture(autouse=True)
def logged(monkeypatch: pytest.MonkeyPatch) -> Logged:
    """What the functions log; nothing of it goes to the terminal."""
    stream = io.StringIO()
    monkeypatch.setattr(logger.registered_handler, "stream", stream)
    return Logged(stream)
