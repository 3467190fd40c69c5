"""A split of two real sites, shown to a person as it happens."""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from local.commands import terminal, timeline
from local.commands.terminal import say
from local.sites.real.jars import VERSIONS
from local.stack.whole_way import WholeWay, whole_way
from local.tools import ALL_TOOLS, require
from local.world import text


def demo() -> int:
    """Show one split, from the cut to the first successful write; the exit status is 0 if it ends as it should.

    Raises:
        ToolsMissing: something isn't installed.
        TimeoutError: a step takes too long; the message says which.
    """
    require(*ALL_TOOLS)
    say("A split with real parts: Infinispan, Prometheus and Alertmanager. Only AWS is local.\n")
    with tempfile.TemporaryDirectory(prefix="site-fencing-") as directory, ExitStack() as running:
        way = running.enter_context(whole_way(VERSIONS[0], Path(directory) / "run", progress=terminal.phase))
        with terminal.phase("Starting Prometheus and Alertmanager, twice"):
            monitors = running.enter_context(way.monitored())
        before = _writes(way, "before")
        say("\nThe link between the sites is cut. What happens, in seconds, and what both sites answer to a PUT:\n")
        say(f"  {'':8}  {'before':62}  {_told(before)}")
        cut = datetime.datetime.now(datetime.UTC)
        way.split(monitors, on_step=partial(_show_step, way))
        way.wait_until_quiet()
        for execution in timeline.render_ways(way.stack.ways(), cut):
            say(f"\n{execution}")
        return _show_end(way, before)


def _show_step(way: WholeWay, what: str, at: float) -> None:
    say(f"  {at:6.1f} s  {what:62}  {_told(_writes(way, what))}")


def _show_end(way: WholeWay, before: Mapping[str, int]) -> int:
    say("\nThe world now\n")
    say(text.render(way.show()))
    now = _writes(way, "after")
    say("\nWrites into Infinispan")
    for site in now:
        say(f"  {site}  PUT answered {before[site]} before the split, and answers {now[site]} now")
    survivor, record = way.survivor(), way.stack.record() or {}
    good = now == {survivor: 204, way.pair.other(survivor): 500} and record.get("phase") == "FENCED"
    say("\nEverything is as it should be." if good else "\nThis is not as it should be.")
    return 0 if good else 1


def _writes(way: WholeWay, value: str) -> dict[str, int]:
    return {site: way.pair.put(site, "demo", value) for site in way.pair.names}


def _told(statuses: Mapping[str, int]) -> str:
    return ", ".join(f"{site} {status}" for site, status in statuses.items())
