"""How sam is run: what it says is told at once, and when we are interrupted, nothing of it is left."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from local.sam import cli as sam
from local.sam.cli import SamError
from tests.local.commands.programs import alive

# What sam does in the middle of a build: it has started other programs, which may not listen.
BUILDS = """\
#!/bin/sh
trap '' INT
sleep 60 &
echo $! $$
echo "  Building   layer  "
echo ----
wait
"""


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file to be written, that is run in place of sam."""
    path = tmp_path / "sam"
    path.touch(mode=0o755)
    monkeypatch.setattr(sam, "SAM", path)
    return path


def test_what_sam_says_is_told_line_by_line(script: Path) -> None:
    script.write_text("#!/bin/sh\necho '  Building   layer  '\necho ----\necho\necho $PYTHONUNBUFFERED $1\n")
    told: list[str] = []
    sam.build(tell=told.append)
    assert told == ["Building layer", "1 build"]


def test_a_failure_holds_all_that_sam_said(script: Path) -> None:
    script.write_text("#!/bin/sh\necho '  No such'\necho '  template' >&2\nexit 3\n")
    with pytest.raises(SamError, match=r"build .*\nended with 3:\n  No such\n  template\n"):
        sam.build()


def test_an_interruption_ends_sam_and_all_that_it_has_started(script: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sam, "STOP_SECONDS", 0.2)
    script.write_text(BUILDS)
    running: list[int] = []

    def interrupt(line: str) -> None:
        if line == "Building layer":
            raise KeyboardInterrupt
        running.extend(int(word) for word in line.split())

    with pytest.raises(KeyboardInterrupt):
        sam.build(tell=interrupt)
    assert len(running) == 2
    deadline = time.monotonic() + 10
    while left := alive(set(running)):  # one that has just been killed may take a moment to go
        assert time.monotonic() < deadline, left
