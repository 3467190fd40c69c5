"""The demo with real parts, as a person sees it. The parts are played; tests/sites/real has real ones."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from local.commands import demo_real
from tests.local.commands.terminals import stdout_on_terminal
from tests.local.commands.test_following import Executions

GREEN, RED = b"\x1b[1;32m", b"\x1b[1;31m"


class PlayedRig:
    """An incident rig of which one site is fenced at the split; site-a then takes writes, or doesn't."""

    def __init__(self, *, survives: bool) -> None:
        self.stack = self.pair = self.world = self
        self.names = ("site-a", "site-b")
        self.state_machine_arn = "machine"
        self._executions = Executions()
        self._survives = survives
        self._is_split = False

    @contextlib.contextmanager
    def monitored(self) -> Iterator[object]:
        yield object()

    def split(self, monitors: object, *, on_step: Callable[[str, float], None]) -> None:
        self._is_split = True
        on_step("Prometheus: SiteOffline fires", 4.5)
        self._executions.start("site-a-site-b-1", "site-a", 5)
        on_step("the survivor takes writes again", 9.0)

    def wait_until_quiet(self) -> None:
        self._executions.leave("site-a-site-b-1", 7)
        self._executions.end("site-a-site-b-1", 8)

    def client(self, name: str) -> Any:
        """Of the stack, Step Functions; of the pair, a site's Infinispan."""
        if name == "stepfunctions":
            return self._executions
        status = 204 if not self._is_split or (name == "site-a" and self._survives) else 500
        return SimpleNamespace(put_value=lambda *_: SimpleNamespace(status=status))

    def endpoints(self) -> list[str]:
        return ["site-a"]

    def record(self) -> dict[str, Any]:
        return {"phase": "FENCED", "survivor": "site-a"}

    def show(self) -> dict[str, Any]:
        accelerator = {"accelerator": "a3da6a6cbd4e27b02.awsglobalaccelerator.com", "port": 443, "region": "eu-west-1"}
        return {
            "accelerators": [{**accelerator, "site": "site-a", "health": "HEALTHY", "weight": 128}],
            "link": "cut",
            "infinispan": {"site-a": {"site-b": "offline"}, "site-b": {"site-a": "online"}},
            "sees": {"site-a": ["site-a"], "site-b": ["site-b"]},
            "told": {},
            "record": self.record(),
            "executions": [],
        }


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Callable[[PlayedRig], int]:
    """Shows the demo on that rig; returns its exit status."""

    def show(rig: PlayedRig) -> int:
        monkeypatch.setattr(demo_real, "require", lambda *tools: None)
        monkeypatch.setattr(demo_real, "incident_rig", lambda *args, **options: contextlib.nullcontext(rig))
        return demo_real.demo()

    return show


def test_a_split_is_shown_with_its_executions(
    monkeypatch: pytest.MonkeyPatch, play: Callable[[PlayedRig], int]
) -> None:
    with stdout_on_terminal(monkeypatch, 80, really=200) as shown:
        assert play(PlayedRig(survives=True)) == 0
    assert "   4.50 s  Prometheus: SiteOffline fires: site-a 204, site-b 500" in shown.screen
    assert any(line.endswith("site-a  Fenced, SUCCEEDED: Done.") for line in shown.screen)
    assert GREEN + b"As a split should end: users can log in, and site-a serves them." in shown.written
    assert max(map(len, shown.screen)) <= 80


def test_a_split_after_which_nobody_can_log_in_is_a_bad_end(
    monkeypatch: pytest.MonkeyPatch, play: Callable[[PlayedRig], int]
) -> None:
    with stdout_on_terminal(monkeypatch, 80) as shown:
        assert play(PlayedRig(survives=False)) == 1
    assert RED + b"This is not how a split should end: nobody can log in, since users are" in shown.written
