"""The stack that the pages are followed on, and a copy of the project."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.stack.embedded import EmbeddedStack
from tests.documents.incident import Incident
from tests.documents.shell import Shell, clone


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project, for commands that write into it."""
    return clone(tmp_path_factory.mktemp("clone") / "project")


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStack]:
    with EmbeddedStack(directory=tmp_path_factory.mktemp("stack")) as running:
        yield running


@pytest.fixture
def shell(stack: EmbeddedStack, project: Path) -> Shell:
    return Shell(project, stack.endpoint_url)


@pytest.fixture
def incident(stack: EmbeddedStack) -> Incident:
    """Both sites serve, and nothing was ever decided."""
    stack.reset()
    return Incident(stack)
