"""tests/aws creates nothing in anybody's account unless that account is named, and says before what it would cost."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter

import pytest
from moto import mock_aws
from samtranslator.yaml_helper import yaml_parse

from tests.aws.costs import ITEMS, cost_of_a_run, hourly, plan
from tests.aws.opt_in import Refused, confirm
from tests.aws.surroundings.deployed import TEMPLATE
from tests.repository.rooms import ROOT


def pytest_ends(*arguments: str, **environment: str) -> tuple[int, str]:
    """How pytest ends with these arguments, without credentials of AWS: its status and what it says."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments],
        cwd=ROOT,
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_plain_pytest_runs_none_of_them() -> None:
    status, said = pytest_ends("tests/aws")
    assert (status, "deselected" in said, "passed" in said) == (pytest.ExitCode.NO_TESTS_COLLECTED, True, False)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["-m", "aws", "tests/aws"], "tests/aws needs --aws=local, or the id of an account"),
        (["-m", "aws", "tests/aws", "--aws="], "Nothing was created: there are no credentials."),
        (["-m", "aws", "tests/aws", "--aws=123456789012"], "Nothing was created: there are no credentials."),
        (["tests/aws", "tests/unit", "--aws=123456789012"], "--aws=123456789012 is for tests/aws alone"),
    ],
)
def test_it_is_refused_without_an_account_and_credentials(arguments: list[str], reason: str) -> None:
    status, said = pytest_ends(*arguments)
    assert status == pytest.ExitCode.USAGE_ERROR
    assert reason in said


def test_credentials_that_nobody_accepts_are_refused() -> None:
    nowhere = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
    status, said = pytest_ends("-m", "aws", "tests/aws", "--aws=123456789012", **nowhere, AWS_MAX_ATTEMPTS="1")
    assert status == pytest.ExitCode.USAGE_ERROR
    assert "Nothing was created: the credentials don't work: Could not connect" in said


@pytest.mark.parametrize(
    ("named", "but"), [("", "and no account was named"), ("999999999999", "not of the account 999")]
)
def test_the_account_of_the_credentials_must_be_named(named: str, but: str) -> None:
    with mock_aws(), pytest.raises(Refused, match=but) as refused:
        confirm(named, ["AWS_PROFILE"])
    assert str(refused.value).startswith(plan("us-west-2"))
    assert "make test-aws CONFIRM_ACCOUNT=123456789012" in str(refused.value)


def test_the_named_account_is_taken() -> None:
    with mock_aws():
        confirm("123456789012", ["AWS_PROFILE"])


def test_a_default_profile_is_not_enough() -> None:
    with mock_aws(), pytest.raises(Refused, match="there are no credentials"):
        confirm("123456789012", ["AWS_REGION"])


def test_the_costs_count_what_the_templates_have() -> None:
    """The application is deployed with the surroundings' secret of Infinispan, so it makes one of its own."""
    templates = [yaml_parse(path.read_text()) for path in (TEMPLATE, ROOT / "template.yaml")]
    made = Counter(resource["Type"].split("::", 1)[1] for one in templates for resource in one["Resources"].values())
    named = {re.sub(r",.*", "", item.what): item.number for item in ITEMS}
    assert named == {
        "accelerator": made["GlobalAccelerator::Accelerator"],
        "Network Load Balancers": (load_balancers := made["ElasticLoadBalancingV2::LoadBalancer"]),
        "their public IPv4 addresses": load_balancers,
        "instance t4g.nano": made["EC2::Instance"],
        "its volume": made["EC2::Instance"],
        "dashboard": made["CloudWatch::Dashboard"],
        "alarms": made["CloudWatch::Alarm"],
        "secrets": made["SecretsManager::Secret"] - 1,
    }


def test_what_is_said_of_the_costs_is_their_sum() -> None:
    assert f"together ${sum(item.number * item.price for item in ITEMS):.4f} an hour" in plan("us-west-2")
    assert hourly() * 2 < cost_of_a_run() < hourly() * 3
    assert max(len(line) for line in plan("us-west-2").splitlines()) <= 80
