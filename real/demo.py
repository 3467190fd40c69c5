"""A split of two real sites, shown to a person as it happens."""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from http import HTTPStatus
from pathlib import Path

from local import terminal, timeline
from local.commands.following import Follower
from local.commands.verdict import AS_EXPECTED, UNEXPECTED, Logins, logins
from local.terminal import say
from local.timeline import Line
from local.world import WorldPlan, text
from real.infinispan.jars import VERSIONS
from real.tools import ALL_TOOLS, require
from real.whole_way import WholeWay, whole_way


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
        way = running.enter_context(whole_way(VERSIONS[0], Path(directory) / "run", progress=terminal.phase))
        with terminal.phase("Starting Prometheus and Alertmanager, twice"):
            monitors = running.enter_context(way.monitored())
        before = _writes(way, "before")
        say(f"\nBefore: {_told(before)}")
        say("The link between the sites is cut. What happens, in seconds, and what both sites")
        say("answer to a PUT:\n")
        cut = datetime.datetime.now(datetime.UTC)
        follower = Follower(way.stack.step_functions(), way.stack.state_machine_arn, partial(_tell, cut))
        with terminal.showing(follower.now), follower:
            way.split(monitors, on_step=partial(_tell_step, way, follower, cut))
            way.wait_until_quiet()
        return _show_end(way, before)


def _tell(cut: datetime.datetime, line: Line) -> None:
    say(timeline.text(line, cut), line.style)


def _tell_step(way: WholeWay, follower: Follower, cut: datetime.datetime, what: str, at: float) -> None:
    follower.tell(Line(cut + datetime.timedelta(seconds=at), "", what, _told(_writes(way, what))))


def _show_end(way: WholeWay, before: Mapping[str, int]) -> int:
    shown, now = way.show(), _writes(way, "after")
    say("\nThe world now\n")
    say(text.render(shown, terminal.width(), executions=False))
    say("\nWrites into Infinispan")
    for site in now:
        say(f"  {site}  PUT answered {before[site]} before the split, and answers {now[site]} now")
    say()
    found = logins(shown, WorldPlan(), {site: status == HTTPStatus.NO_CONTENT for site, status in now.items()})
    return _judge(way, now, found)


def _judge(way: WholeWay, now: Mapping[str, int], found: Logins) -> int:
    endpoints, record = way.stack.endpoints(), way.stack.record() or {}
    wanted = {site: 204 if site in endpoints else 500 for site in now}
    if len(endpoints) == 1 and now == wanted and record.get("phase") == "FENCED":
        say(terminal.hanging("", f"As a split should end: {found.sentence}"), AS_EXPECTED)
        return 0
    say(terminal.hanging("", f"This is not how a split should end: {found.sentence}"), UNEXPECTED)
    return 1


def _writes(way: WholeWay, value: str) -> dict[str, int]:
    return {site: way.pair.put(site, "demo", value) for site in way.pair.names}


def _told(statuses: Mapping[str, int]) -> str:
    return ", ".join(f"{site} {status}" for site, status in statuses.items())
