"""What holds for every test: AWS credentials are made up, nobody's own ones can be used by accident, no secret is told.

That nothing leaves the machine is said in pyproject.toml (`--allow-hosts`). It guards the test process only; programs
that a test starts inherit the environment made here.
"""

import os
import platform
import sys
from collections.abc import Generator
from typing import Any

import pytest
from _pytest.nodeid import NodeId
from hypothesis import settings

from local.functions_python import functions_python
from local.isolation import FAKE_AWS
from tests.security.leaks.watch import WATCH

# A shared or slow machine is no defect of the code under test.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_configure(config: pytest.Config) -> None:
    """Replace every AWS variable, before any test module is imported: a client might be made there already."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(FAKE_AWS)


def pytest_report_header() -> str:
    """Which Python the functions run on; in unit tests it is that of pytest."""
    return f"functions: Python {platform.python_version()} in unit tests, {functions_python()} in Lambda processes"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let groups stay together: pytest-xdist 3.8 notes them where pytest 9.2 doesn't look (pytest-xdist#1386)."""
    for item in items:
        if noted := getattr(item, "_nodeid", None):
            item._id = NodeId.parse(noted)


def pytest_collection_finish() -> None:
    """Where no test plays AWS, none has a secret either, and none has to wait for these imports."""
    if "moto" in sys.modules:
        from tests.security.leaks.sources import install  # noqa: PLC0415  (imports much of moto)

        install(WATCH)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Generator[None, Any, Any]:
    """Fail a test that has written a secret down. After the last one of a module, its fixtures have ended as well."""
    result = yield
    WATCH.check()
    return result
