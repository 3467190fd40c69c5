"""What the documents name is there."""

import re
from pathlib import Path

import pytest

from tests.repository.rooms import ROOMS, ROOT

DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.md"))]
NAMED = re.compile(rf"`((?:{'|'.join(ROOMS)})/[^`\s]*)`|python -m ((?:tests|local|verification)[.\w]*)|\]\(([^)#:]+)\)")

MAKE = re.compile(r"`make ([a-z][a-z-]*)")


def named(document: Path) -> set[Path]:
    """The files and directories that a document names: as a path, as a module to be run, or as a link."""
    found = NAMED.findall(document.read_text(encoding="utf-8"))
    return {
        ROOT / path if path else ROOT / module.replace(".", "/") if module else document.parent / link
        for path, module, link in found
    }


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_document_names_only_what_there_is(document: Path) -> None:
    missing = [path for path in named(document) if not (path.exists() or path.with_suffix(".py").exists())]
    assert [str(path.relative_to(ROOT)) for path in missing] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_document_names_only_targets_that_there_are(document: Path) -> None:
    targets = re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(MAKE.findall(document.read_text(encoding="utf-8"))) <= set(targets)


def test_documents_are_looked_through() -> None:
    assert ROOT / "tests/security/test_nothing_secret.py" in named(ROOT / "docs/security.md")
    assert ROOT / "verification/model" in named(ROOT / "docs/decisions.md")
