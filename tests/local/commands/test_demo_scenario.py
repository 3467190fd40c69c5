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
    assert re.search(r"OtherSiteSurvives\n", demo.output)
    assert f"  {survivors[0]}  refused before the alerts, accepted now" in demo.output
    assert demo.output.endswith("Everything is as it should be.\n")


@pytest.mark.sam
@pytest.mark.slow
def test_the_demo_survives_real_crashes(tmp_path: Path) -> None:
    """Processes are killed, and the pauses between retries are real."""
    with program("demo", "crash-between-steps", output=tmp_path / "output") as demo:
        status = demo.wait()

    assert status == 0, demo.output
    assert demo.output.count("attempt failed: Runtime.ExitError") == 7
