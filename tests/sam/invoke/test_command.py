"""`make invoke` for somebody who lacks something."""

from __future__ import annotations

from pathlib import Path

import pytest

from local.commands.invoke import main
from local.sam.containers.runtime import HOW_TO_INSTALL

EVENT = "events/claim_fence/good.json"


@pytest.fixture(autouse=True)
def _in_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parents[3])


def test_without_docker_it_says_what_to_install_and_deploys_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main([EVENT]) == 1
    told = capsys.readouterr()
    assert " ".join(told.err.split()) == HOW_TO_INSTALL
    assert [line.partition(" ..")[0] for line in told.out.splitlines()] == ["Loading local AWS"]


def test_without_an_event_it_says_how_make_is_called_and_lists_the_events(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    usage, *listed = capsys.readouterr().err.splitlines()
    assert usage == "Which event? make invoke EVENT=events/claim_fence/good.json"
    assert f"  {EVENT}" in listed
    assert not any("alertmanager" in line or "README" in line for line in listed)
    assert len([line for line in listed if line.startswith("  ")]) > 20


@pytest.mark.parametrize(
    ("event", "complaint"),
    [
        (
            "events/claim_fence/god.json",
            "There is no events/claim_fence/god.json. Did you mean events/claim_fence/good.json",
        ),
        ("nonsense", "There is no nonsense."),
        (
            "events/alertmanager/04-resolved-last-one.am-0.28.1.json",
            "events/alertmanager/04-resolved-last-one.am-0.28.1.json is for no function: its directory should have",
        ),
    ],
)
def test_an_event_that_can_not_be_used_is_named(event: str, complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([EVENT, event]) == 2
    told = " ".join(capsys.readouterr().err.partition("There are:")[0].split())
    assert told.startswith(complaint)
