from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.sam.containers.runtime import container_runtime
from local.stack.sam_local.environment import ContainerEnvironment, container_environment

TABLE = pytest.StashKey[list[tuple[str, str, str]]]()


@pytest.fixture(scope="package")
def containers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ContainerEnvironment]:
    with container_runtime() as runtime, container_environment(runtime, tmp_path_factory.mktemp("stage")) as ready:
        yield ready


@pytest.fixture
def table(request: pytest.FixtureRequest) -> list[tuple[str, str, str]]:
    """Rows of event, world and answer, which are printed at the end of the run."""
    return request.config.stash.setdefault(TABLE, [])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    rows = config.stash.get(TABLE, [])
    if not rows:
        return
    terminalreporter.section("event -> answer, by sam local invoke")
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    for event, given, answer in rows:
        terminalreporter.write_line(f"{event:{widths[0]}}  {given:{widths[1]}}  -> {answer}")
