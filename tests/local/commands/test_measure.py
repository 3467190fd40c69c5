"""The measurement's table. Needs no servers."""

from __future__ import annotations

from pathlib import Path

import pytest

from local.commands.measure import BEGIN, END, NoPlaceForTheTable, markdown, with_table
from local.stack.incident_rig import Timeline


def test_the_table_shows_minimum_median_and_maximum_of_each_phase() -> None:
    runs = [Timeline(5, 12, 13, 15, put) for put in (16, 19, 17)]

    rows = markdown({"ours": runs}).splitlines()

    assert "| fenced → first successful PUT | 1.0 / **2.0** / 4.0 |" in rows
    assert "| metric 0 → first successful PUT | 11.0 / **12.0** / 14.0 |" in rows


def test_the_table_goes_between_the_markers_and_replaces_the_last_one(tmp_path: Path) -> None:
    page = tmp_path / "measurement.md"
    page.write_text(f"above\n{BEGIN}\nold\n{END}\nbelow\n")

    assert with_table(page, r"new \1") == f"above\n{BEGIN}\nnew \\1\n{END}\nbelow\n"


def test_a_file_without_markers_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "measurement.md"
    page.write_text("no markers")

    with pytest.raises(NoPlaceForTheTable, match=r"measurement\.md"):
        with_table(page, "table")
