"""A split of two real sites, shown to a person as it happens."""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from http import HTTPStatus
from pathlib import Path

from local.commands import terminal, timeline
from local.commands.following import Follower
from local.commands.terminal import say
from local.commands.timeline import Line
from local.commands.verdict import AS_EXPECTED, UNEXPECTED, Logins, logins
from local.sites.real.jars import VERSIONS
from local.stack.incident_rig import IncidentRig, incident_rig
from local.tools import ALL_TOOLS, require
from local.world import WorldPlan, text


def demo() -> int:
    """Show one split, from the cut to the first successful write; the exit status is 0 if it ends as it should.

    Raises:
        ToolsMissing: something isn't installed.
        TimeoutError: a step takes too long; the message says which.
    """
    require(*ALL_TOOLS)
    say("A split with real parts: Infinispan, Prometheus and Alertmanager.")
    say("Only AWS is local.\n")
    with tempfile.TemporaryDirectory(prefix="site-fencing-") as directory, ExitStack() as running:
        rig = running.enter_context(incident_rig(VERSIONS[0], Path(directory) / "run", progress=terminal.phase))
        with terminal.phase("Starting Prometheus and Alertmanager, twice"):
            monitors = running.enter_context(rig.monitored())
        before = _writes(rig, "before")
        say(f"\nBefore: {_told(before)}")
        say("The link between the sites is cut. What happens, in seconds, and what both sites")
        say("answer to a PUT:\n")
        cut = datetime.datetime.now(datetime.UTC)
        follower = Follower(rig.stack.client("stepfunctions"), rig.stack.state_machine_arn, partial(_tell, cut))
        with terminal.showing(follower.now), follower:
            rig.split(monitors, on_step=partial(_tell_step, rig, follower, cut))
            rig.wait_until_quiet()
        return _show_end(rig, before)


def _tell(cut: datetime.datetime, line: Line) -> None:
    say(timeline.text(line, cut), line.style)


def _tell_step(rig: IncidentRig, follower: Follower, cut: datetime.datetime, what: str, at: float) -> None:
    follower.tell(Line(cut + datetime.timedelta(seconds=at), "", what, _told(_writes(rig, what))))


def _show_end(rig: IncidentRig, before: Mapping[str, int]) -> int:
    shown, now = rig.world.show(), _writes(rig, "after")
    say("\nThe world now\n")
    say(text.render(shown, terminal.width(), executions=False))
    say("\nWrites into Infinispan")
    for site in now:
        say(f"  {site}  PUT answered {before[site]} before the split, and answers {now[site]} now")
    say()
    found = logins(shown, WorldPlan(), {site: status == HTTPStatus.NO_CONTENT for site, status in now.items()})
    return _judge(rig, now, found)


def _judge(rig: IncidentRig, now: Mapping[str, int], found: Logins) -> int:
    endpoints, record = rig.world.endpoints(), rig.world.record() or {}
    wanted = {site: 204 if site in endpoints else 500 for site in now}
    if len(endpoints) == 1 and now == wanted and record.get("phase") == "FENCED":
        say(terminal.hanging("", f"As a split should end: {found.sentence}"), AS_EXPECTED)
        return 0
    say(terminal.hanging("", f"This is not how a split should end: {found.sentence}"), UNEXPECTED)
    return 1


def _writes(rig: IncidentRig, value: str) -> dict[str, int]:
    return {site: rig.pair.client(site).put_value("sessions", "demo", value).status for site in rig.pair.names}


def _told(statuses: Mapping[str, int]) -> str:
    return ", ".join(f"{site} {status}" for site, status in statuses.items())
