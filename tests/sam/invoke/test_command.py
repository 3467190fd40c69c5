"""`make invoke` for somebody who lacks something."""

from __future__ import annotations

from pathlib import Path

import pytest

from local.commands.invoke import main
from local.sam.containers.runtime import HOW_TO_INSTALL
from local.stack.sam_local.recording import EVENTS

EVENT = str(EVENTS / "claim_fence" / "good.json")


def test_without_docker_it_says_what_to_install_and_does_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["sam_local", EVENT])
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main() == 1
    assert capsys.readouterr() == ("", f"{HOW_TO_INSTALL}\n")


def test_an_event_that_is_not_there_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["sam_local", EVENT, "events/claim_fence/missing.json"])
    with pytest.raises(SystemExit):
        main()
    assert "there is no" in capsys.readouterr().err
