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
from local.stack.incident_rig import IncidentRig, incident_rig
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
        rig = running.enter_context(incident_rig(VERSIONS[0], Path(directory) / "run", progress=terminal.phase))
        with terminal.phase("Starting Prometheus and Alertmanager, twice"):
            monitors = running.enter_context(rig.monitored())
        before = _writes(rig, "before")
        say("\nThe link between the sites is cut. What happens, in seconds, and what both sites answer to a PUT:\n")
        say(f"  {'':8}  {'before':62}  {_told(before)}")
        cut = datetime.datetime.now(datetime.UTC)
        rig.split(monitors, on_step=partial(_show_step, rig))
        rig.wait_until_quiet()
        for execution in timeline.render_traces(rig.traces(), cut):
            say(f"\n{execution}")
        return _show_end(rig, before)


def _show_step(rig: IncidentRig, what: str, at: float) -> None:
    say(f"  {at:6.1f} s  {what:62}  {_told(_writes(rig, what))}")


def _show_end(rig: IncidentRig, before: Mapping[str, int]) -> int:
    say("\nThe world now\n")
    say(text.render(rig.world.show()))
    now = _writes(rig, "after")
    say("\nWrites into Infinispan")
    for site in now:
        say(f"  {site}  PUT answered {before[site]} before the split, and answers {now[site]} now")
    survivor, record = rig.survivor(), rig.world.record() or {}
    good = now == {survivor: 204, rig.pair.other(survivor): 500} and record.get("phase") == "FENCED"
    say("\nEverything is as it should be." if good else "\nThis is not as it should be.")
    return 0 if good else 1


def _writes(rig: IncidentRig, value: str) -> dict[str, int]:
    return {site: rig.pair.client(site).put_value("sessions", "demo", value).status for site in rig.pair.names}


def _told(statuses: Mapping[str, int]) -> str:
    return ", ".join(f"{site} {status}" for site, status in statuses.items())
