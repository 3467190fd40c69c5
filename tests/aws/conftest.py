"""The suite runs on the AWS account that is named on the command line, on the local AWS, or not at all.

Elsewhere tests reach nothing but this machine and have made-up credentials (tests/conftest.py, pyproject.toml). Both
are lifted here: for this folder alone, and only when the named account is the one that the credentials belong to.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

import boto3
import pytest

from local.aws import LocalAws
from local.isolation import FAKE_AWS
from tests.aws import leftovers
from tests.aws.account import PREFIX, REGION, Account
from tests.aws.deployment import Deployment
from tests.aws.machines import Machines
from tests.aws.opt_in import LOCAL, Refused, confirm
from tests.aws.surroundings.deployed import Surroundings

# As it was given to pytest: tests/conftest.py replaces it before the first test.
GIVEN = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
HERE = Path(__file__).parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--aws", metavar="ACCOUNT-ID|local", help="the AWS account that tests/aws may create resources in")
    parser.addoption("--clean", action="store_true", help="let tests/aws remove what all of its runs have left behind")


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """After tests/conftest.py."""
    named = config.getoption("--aws", default=None)
    if named in (None, LOCAL):
        return
    if outside := [
        argument for argument in config.args if not Path(argument.split("::")[0]).resolve().is_relative_to(HERE)
    ]:
        raise pytest.UsageError(f"--aws={named} is for tests/aws alone, not for {' and '.join(outside)}.")
    for name in FAKE_AWS:
        os.environ.pop(name, None)
    defaults = {"AWS_EC2_METADATA_DISABLED": "true", "AWS_PAGER": ""}
    os.environ.update({**defaults, **GIVEN, "AWS_DEFAULT_REGION": REGION, "AWS_REGION": REGION})
    boto3.DEFAULT_SESSION = None
    try:
        confirm(named, GIVEN)
    except Refused as refused:
        raise pytest.UsageError(str(refused)) from None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """After the others have been deselected."""
    named = config.getoption("--aws", default=None)
    for item in items:
        if item.get_closest_marker("aws"):
            if named is None:
                raise pytest.UsageError("tests/aws needs --aws=local, or the id of an account: see `make test-aws`.")
            if named != LOCAL:
                item.add_marker(pytest.mark.enable_socket)
            elif reason := item.get_closest_marker("only_on_aws"):
                item.add_marker(pytest.mark.skip(reason=f"only on AWS: {reason.args[0]}"))


@pytest.fixture(scope="session")
def account(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """The account, with nothing of the suite's in it. Whatever a test leaves in it is removed at the end."""
    named, directory = request.config.getoption("--aws"), tmp_path_factory.mktemp("aws")
    with ExitStack() as exits:
        if named == LOCAL:
            running = exits.enter_context(LocalAws(log_directory=directory / "logs"))
            exits.enter_context(patch.dict(os.environ, {"AWS_ENDPOINT_URL": running.endpoint_url}))
        identity = boto3.client("sts").get_caller_identity()["Account"]
        made = Account(identity, named != LOCAL, f"{PREFIX}-{secrets.token_hex(3)}", directory)
        exits.callback(leftovers.remove, made, made.run)
        yield made


@pytest.fixture(scope="session")
def surroundings(account: Account) -> Iterator[Surroundings]:
    """What an installation has before a deploy: load balancers, an accelerator in front of them, Infinispans."""
    with Surroundings.in_account(account) as deployed:
        yield deployed


@pytest.fixture(scope="session")
def machines(surroundings: Surroundings) -> Machines:
    """State machines of one's own."""
    return Machines(surroundings)


@pytest.fixture(scope="session")
def deployment(surroundings: Surroundings) -> Deployment:
    """The application, deployed from empty by the real sam."""
    return Deployment.of(surroundings)
