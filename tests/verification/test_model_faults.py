"""docs/faults.md says what comes out, and nothing bad does."""

import pytest

from verification.model.fault_document import COMMAND, PATH, document, found
from verification.model.faults import Cell

pytestmark = pytest.mark.xdist_group("faults")  # its fixtures are dear: one worker makes them


@pytest.fixture(scope="module")
def cells() -> list[Cell]:
    return found()


def test_no_fault_breaks_an_invariant_or_keeps_the_next_alert_from_finishing(cells: list[Cell]):
    assert [cell for cell in cells if cell.wrong] == []


def test_every_cell_is_known(cells: list[Cell]):
    assert len(cells) > 500
    assert {cell.then for cell in cells} == {"Fenced", "FencedAlready"}


def test_the_page_is_up_to_date(cells: list[Cell]):
    assert PATH.read_text() == document(cells), f"run {COMMAND}"
