"""What the real parts need on the machine, and how to get what is missing."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass


class ToolsMissing(Exception):
    """Something that has to be installed is not there. The message says what, and how to install it."""


@dataclass(frozen=True)
class Tool:
    """A program: the names it goes by, and what brings it on Debian, Fedora and macOS."""

    name: str
    programs: tuple[str, ...]
    debian: str
    fedora: str
    macos: str

    def path(self) -> str | None:
        """The program's path, or None if it isn't installed."""
        return next((path for program in self.programs if (path := shutil.which(program))), None)


JAVA = Tool(
    "Java 17 or newer",
    ("java",),
    "apt-get install openjdk-17-jre-headless",
    "dnf install java-headless",
    "brew install openjdk@21",
)
MAVEN = Tool("Maven", ("mvn",), "apt-get install maven", "dnf install maven", "brew install maven")
PROMETHEUS = Tool(
    "Prometheus",
    ("prometheus",),
    "apt-get install --no-install-recommends prometheus",
    "dnf install golang-github-prometheus",
    "brew install prometheus",
)
PROMTOOL = Tool("promtool", ("promtool",), PROMETHEUS.debian, PROMETHEUS.fedora, PROMETHEUS.macos)
ALERTMANAGER = Tool(
    "Alertmanager",
    ("prometheus-alertmanager", "alertmanager"),
    "apt-get install --no-install-recommends prometheus-alertmanager",
    "dnf install golang-github-prometheus-alertmanager",
    "go install github.com/prometheus/alertmanager/cmd/alertmanager@v0.28.1",
)
AMTOOL = Tool(
    "amtool",
    ("amtool",),
    ALERTMANAGER.debian,
    ALERTMANAGER.fedora,
    "go install github.com/prometheus/alertmanager/cmd/amtool@v0.28.1",
)
KUSTOMIZE = Tool(
    "kustomize",
    ("kustomize", "kubectl"),
    "go install sigs.k8s.io/kustomize/kustomize/v5@v5.4.3",
    "dnf install kustomize",
    "brew install kustomize",
)

INFINISPAN_TOOLS = (JAVA, MAVEN)
MONITORING_TOOLS = (PROMETHEUS, PROMTOOL, ALERTMANAGER, AMTOOL)
ALL_TOOLS = (*INFINISPAN_TOOLS, *MONITORING_TOOLS)


def require(*tools: Tool) -> None:
    """Check that all of these are installed.

    Raises:
        ToolsMissing: some aren't; all of them are named.
    """
    missing = [tool for tool in tools if tool.path() is None]
    if missing:
        raise ToolsMissing(how_to_get(missing))


def path_of(tool: Tool) -> str:
    """The program's path.

    Raises:
        ToolsMissing: it isn't installed.
    """
    require(tool)
    path = tool.path()
    assert path is not None
    return path


def how_to_get(tools: Iterable[Tool]) -> str:
    """One message for people: what is missing, and the commands that bring it."""
    lines = [
        "This needs programs that are not on this machine (or not on its PATH). Each is",
        "brought by the first command on Debian and Ubuntu, by the second one on Fedora,",
        "and by the third one on macOS:",
    ]
    for tool in tools:
        lines += [f"  {tool.name}", f"    {tool.debian}", f"    {tool.fedora}", f"    {tool.macos}"]
    return "\n".join(lines)
