"""The whole way of an alert: two real sites, their monitoring, and the deployed stack that it calls."""

from __future__ import annotations

import datetime
import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from local.stack import Progress, silently
from real.infinispan.jars import jars
from real.infinispan.pair import RealPair
from real.monitors import SiteMonitoring
from real.processes import wait_until
from real.settings import Settings, ours
from real.stack import RealStack

SettingsOfSite = Callable[[str], Settings]
POLL_SECONDS = 0.1


@dataclass(frozen=True)
class Timeline:
    """When each thing happened in an incident, in seconds since the link was cut."""

    metric_zero: float
    alert: float
    webhook: float
    fenced: float
    first_put: float

    def as_dict(self) -> dict[str, float]:
        return asdict(self)


class WholeWay:
    """Sites and stack for many incidents. Each incident has a monitoring of its own: see `monitored`."""

    def __init__(self, pair: RealPair, stack: RealStack, directory: Path) -> None:
        self.pair = pair
        self.stack = stack
        self._directory = directory
        self._numbers = itertools.count(1)

    @contextmanager
    def monitored(
        self, settings: SettingsOfSite = ours, *, alertmanagers: int = 1
    ) -> Iterator[dict[str, SiteMonitoring]]:
        """For each site a new Prometheus, which knows that all is well, and new Alertmanagers."""
        directory = self._directory / f"incident-{next(self._numbers)}"
        with ExitStack() as running:
            monitors = {
                site: SiteMonitoring(
                    site,
                    self.pair,
                    settings(site),
                    self.stack.webhook,
                    alertmanagers=alertmanagers,
                    directory=directory / site,
                )
                for site in self.pair.names
            }
            for each in monitors.values():
                running.enter_context(each)
            for each in monitors.values():
                each.wait_until_scraped()
            yield monitors

    def split(
        self,
        monitors: dict[str, SiteMonitoring],
        *,
        seconds: float = 240.0,
        on_step: Callable[[str, float], None] = lambda _what, _at: None,
    ) -> Timeline:
        """Cut the link and watch until the survivor takes writes again.

        `on_step` is told what has happened, and how many seconds after the cut.

        Raises:
            TimeoutError: a step takes longer than `seconds`; the message says which.
        """
        names, known = self.pair.names, {each["name"] for each in self.stack.executions()}
        cut = time.time()
        self.pair.cut()

        def passed(what: str, condition: Callable[[], bool]) -> float:
            wait_until(what, condition, seconds=seconds, every=POLL_SECONDS)
            at = time.time() - cut
            on_step(what, at)
            return at

        metric = passed(
            "Infinispan's metric says 0: the other site is out of sight",
            lambda: any(self.pair.view_metric(site) == 0 for site in names),
        )
        alert = passed("Prometheus: SiteOffline fires", lambda: any(each.firing() for each in monitors.values()))
        fenced = passed("the accelerator has one site left", lambda: len(self.stack.endpoints()) == 1)
        survivor = self.survivor()
        first_put = passed("the survivor takes writes again", lambda: self.pair.accepts_writes(survivor))
        # The execution's own start is exact, and looking for it meanwhile would only take time from what is measured.
        webhook = min(started_at(each) for each in self.stack.executions() if each["name"] not in known) - cut
        return Timeline(metric, min(alert, webhook), webhook, fenced, first_put)

    def survivor(self) -> str:
        """The one site in the accelerator.

        Raises:
            LookupError: there are two, or none.
        """
        endpoints = self.stack.endpoints()
        if len(endpoints) != 1:
            raise LookupError(f"In the accelerator: {', '.join(endpoints) or 'nobody'}.")
        return endpoints[0]

    def restore(self) -> None:
        """Bring the fenced site back as an operator does: the link, the data, the accelerator."""
        survivor = self.survivor()
        self.pair.heal()
        self._wait_until_joined()
        self.pair.restore(survivor)
        self.stack.restore(self.pair.other(survivor))

    def show(self) -> dict[str, Any]:
        """What there is to see, as `World.show` tells it of the simulated sites."""
        names = self.pair.names
        return {
            "accelerators": self.stack.accelerators(),
            "link": "cut" if self.pair.link_is_cut else "up",
            "infinispan": {site: {self.pair.other(site): self.pair.backup_status(site)} for site in names},
            "sees": {site: sorted(self.pair.sees(site)) for site in names},
            "told": {},
            "record": self.stack.record(),
            "executions": self.stack.executions(),
        }

    def reset(self) -> None:
        """Make everything as it was at first: both sites run, see each other and back each other up; no record."""
        for server in self.pair.sites.values():
            if not server.process.is_running:
                server.start()
                server.wait_until_it_answers()
        self.pair.heal()
        self._wait_until_joined()
        for site in self.pair.names:
            if self.pair.backup_status(site) != "online":
                self.pair.restore(site)
        self.wait_until_quiet()
        self.stack.reset()

    def wait_until_quiet(self) -> None:
        """Return when no execution runs any more."""
        wait_until("no execution runs", self._is_quiet, seconds=180)

    def _is_quiet(self) -> bool:
        return all(each["status"] != "RUNNING" for each in self.stack.executions())

    def _wait_until_joined(self) -> None:
        for site in self.pair.names:
            self.pair.wait_until_view(site, self.pair.names, 60)


@contextmanager
def whole_way(version: str, directory: Path, *, progress: Progress = silently) -> Iterator[WholeWay]:
    """Two sites of that version of Infinispan, and a stack deployed for them. `directory` gets everything they write.

    Raises:
        ToolsMissing, DownloadFailed, SamError: something can't be started.
    """
    sites = directory / "sites"
    sites.mkdir(parents=True)
    with ExitStack() as running:
        with progress(f"Fetching Infinispan {version}, the first time"):
            jars(version)
        with progress("Starting two sites"):
            pair = running.enter_context(RealPair(version, directory=sites))
        with progress("Starting local AWS, sam build, sam deploy") as tell:
            stack = running.enter_context(RealStack(pair, directory=directory, tell=tell))
        yield WholeWay(pair, stack, directory)


def started_at(execution: dict[str, str]) -> float:
    """When an execution started, in seconds since the epoch."""
    return datetime.datetime.fromisoformat(execution["started"]).timestamp()
