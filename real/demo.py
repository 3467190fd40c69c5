"""A split of two real sites, shown to a person as it happens."""

from __future__ import annotations

import tempfile
import time
from functools import partial
from pathlib import Path

from real.infinispan.jars import VERSIONS
from real.tools import ALL_TOOLS, require
from real.whole_way import WholeWay, started_at, whole_way


def demo() -> None:
    """Show one split, from the cut to the first successful write.

    Raises:
        ToolsMissing: something isn't installed.
        AssertionError: the world is not as it should be at the end.
    """
    require(*ALL_TOOLS)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="site-fencing-") as directory:
        print(
            f"Two sites with Infinispan {VERSIONS[0]}, and the stack, are being started. This takes a minute …",
            flush=True,
        )
        with whole_way(VERSIONS[0], Path(directory) / "run") as way:
            print(
                f"… they run after {time.monotonic() - started:.0f} s. Prometheus and Alertmanager of both sites …",
                flush=True,
            )
            with way.monitored() as monitors:
                _show_writes(way, "Before")
                print("\nThe link between the sites is cut.", flush=True)
                cut = time.time()
                way.split(monitors, on_step=partial(_show_step, way))
                way.wait_until_quiet()
                _show_executions(way, cut)
                _show_world(way)


def _show_step(way: WholeWay, what: str, at: float) -> None:
    writes = ", ".join(f"{site} {way.pair.put(site, 'demo', what)}" for site in way.pair.names)
    print(f"  {at:6.1f} s  {what:62} PUT: {writes}", flush=True)


def _show_executions(way: WholeWay, cut: float) -> None:
    print("\nWhat became of each alert")
    for each in reversed(way.stack.executions()):
        print(f"  {started_at(each) - cut:6.1f} s  {each['name']}\n            {each['code']}: {each['sentence']}")


def _show_writes(way: WholeWay, when: str) -> dict[str, int]:
    statuses = {site: way.pair.put(site, "demo", when) for site in way.pair.names}
    print(f"\n{when}: " + ", ".join(f"PUT to {site} answers {status}" for site, status in statuses.items()), flush=True)
    return statuses


def _show_world(way: WholeWay) -> None:
    survivor = way.survivor()
    fenced = way.pair.other(survivor)
    statuses = _show_writes(way, "After")
    record = way.stack.record() or {}
    print(f"In the accelerator: {survivor}. The record: {record.get('phase')}, {record.get('fenced')} is fenced.")
    for site in way.pair.names:
        print(f"The Infinispan of {site} says that {way.pair.other(site)} is {way.pair.backup_status(site)}.")
    assert statuses == {survivor: 204, fenced: 500}, statuses
    assert (record["survivor"], record["phase"]) == (survivor, "FENCED"), record
