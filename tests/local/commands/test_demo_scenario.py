"""What the README promises of `make demo`: the real sam and template, two alerts that race over the function URL."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.local.commands.programs import program


@pytest.mark.sam
def test_the_demo_ends_with_one_site(tmp_path: Path) -> None:
    with program("demo", output=tmp_path / "output") as demo:
        status = demo.wait()
        left = demo.descendants()

    assert status == 0, demo.output
    assert left == set()
    survivors = re.findall(r"Fenced site-[ab]: (site-[ab]) alone serves", " ".join(demo.output.split()))
    assert len(set(survivors)) == 1
    assert demo.output.count("the webhook answered 202") == 2
    assert "The other site survives, SUCCEEDED\n" in demo.output
    assert f"  {survivors[0]}  refused before the alerts, accepted now" in demo.output
    assert demo.output.endswith(f"As this scenario expects: users can log in, and {survivors[0]} serves them.\n")
    assert max(map(len, demo.output.splitlines())) <= 80
    assert "\x1b" not in demo.output


@pytest.mark.sam
@pytest.mark.slow
def test_the_demo_survives_real_crashes(tmp_path: Path) -> None:
    """Processes are killed, and the pauses between retries are real."""
    with program("demo", "crash-between-steps", output=tmp_path / "output") as demo:
        status = demo.wait()

    assert status == 0, demo.output
    assert "attempt failed 7 times, the last one: Runtime.ExitError" in " ".join(demo.output.split())
