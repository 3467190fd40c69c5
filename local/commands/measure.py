"""How long an incident lasts, phase by phase, with our settings and with those of Keycloak's guide."""

from __future__ import annotations

import datetime
import json
import os
import random
import re
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from local.commands import terminal
from local.commands.terminal import say
from local.monitoring.settings import guide, ours
from local.sites.real.jars import VERSIONS
from local.stack.incident_rig import IncidentRig, SettingsOfSite, Timeline, incident_rig
from local.tools import ALL_TOOLS, require

SETTINGS: dict[str, SettingsOfSite] = {"ours": ours, "guide": guide}
# A phase and how long it took.
PHASES: dict[str, Callable[[Timeline], float]] = {
    "link cut → metric 0": lambda at: at.metric_zero,
    "metric 0 → alert": lambda at: at.alert - at.metric_zero,
    "alert → webhook": lambda at: at.webhook - at.alert,
    "webhook → fenced in the accelerator": lambda at: at.fenced - at.webhook,
    "fenced → first successful PUT": lambda at: at.first_put - at.fenced,
    "metric 0 → first successful PUT": lambda at: at.first_put - at.metric_zero,
}
BEGIN, END = "<!-- measurement: begin -->", "<!-- measurement: end -->"


class NoPlaceForTheTable(Exception):
    """The file that the table should go into has no pair of markers for it."""


def measure(runs: int, names: Sequence[str], *, json_file: Path, page: Path | None) -> None:
    """Let the sites split `runs` times with each of the settings; print the table, save the numbers.

    Every run has new Prometheuses and Alertmanagers, and functions that start cold.

    Raises:
        ToolsMissing: something isn't installed.
        NoPlaceForTheTable: `page` has no markers. Nothing has been run then.
    """
    require(*ALL_TOOLS)
    if page is not None:
        with_table(page, "")
    found: dict[str, list[Timeline]] = {}
    with (
        tempfile.TemporaryDirectory(prefix="site-fencing-") as directory,
        incident_rig(VERSIONS[0], Path(directory) / "run", progress=terminal.phase) as rig,
    ):
        for name in names:
            found[name] = []
            for number in range(1, runs + 1):
                found[name].append(_run(rig, name, number, runs))
                # Each time: all of it takes half an hour, and may be ended before.
                json_file.write_text(json.dumps(_as_json(found), indent=2) + "\n")
    table = markdown(found)
    say(table)
    if page is not None:
        page.write_text(with_table(page, table))


def markdown(found: dict[str, list[Timeline]]) -> str:
    """The table: a row per phase, and min, median and max in seconds per settings."""
    lines = [
        "| phase, in seconds | " + " | ".join(f"{name}: min / median / max" for name in found) + " |",
        "|---|" + "---|" * len(found),
    ]
    for phase, duration in PHASES.items():
        cells = []
        for timelines in found.values():
            lowest, median, highest = _summary([duration(at) for at in timelines])
            cells.append(f"{lowest:.1f} / **{median:.1f}** / {highest:.1f}")
        lines.append(f"| {phase} | " + " | ".join(cells) + " |")
    runs = ", ".join(f"{len(timelines)} with {name}" for name, timelines in found.items())
    lines += ["", f"Runs: {runs}, on {os.cpu_count()} cores, Infinispan {VERSIONS[0]}, cold functions."]
    return "\n".join(lines)


def _run(rig: IncidentRig, name: str, number: int, runs: int) -> Timeline:
    settings = SETTINGS[name]
    rig.cool_down()
    with rig.monitored(settings) as monitors:
        # At any moment between two scrapes, and not always right after one.
        time.sleep(random.uniform(0, int(settings("site-a").scrape_interval.removesuffix("s"))))  # noqa: S311
        timeline = rig.split(monitors)
        say(f"{name} {number}/{runs}: " + ", ".join(f"{what} {at:.1f}" for what, at in timeline.as_dict().items()))
        rig.reset()
    return timeline


def _summary(durations: Sequence[float]) -> tuple[float, float, float]:
    return min(durations), statistics.median(durations), max(durations)


def _as_json(found: dict[str, list[Timeline]]) -> dict[str, Any]:
    return {
        "measured": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "infinispan": VERSIONS[0],
        "cores": os.cpu_count(),
        "settings": {
            name: {
                "runs": [timeline.as_dict() for timeline in timelines],
                "seconds": {
                    phase: dict(zip(("min", "median", "max"), _summary([of(at) for at in timelines]), strict=True))
                    for phase, of in PHASES.items()
                },
            }
            for name, timelines in found.items()
        },
    }


def with_table(page: Path, table: str) -> str:
    """The file's text with the table between its markers.

    Raises:
        NoPlaceForTheTable: it has no markers.
    """
    text = page.read_text()
    if BEGIN not in text or END not in text:
        raise NoPlaceForTheTable(f"{page} should hold the lines {BEGIN} and {END}.")
    return re.sub(f"{BEGIN}.*{END}", lambda _: f"{BEGIN}\n{table}\n{END}", text, flags=re.DOTALL)
