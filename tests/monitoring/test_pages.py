"""The folders that the pages tell to apply to a cluster can be applied: kustomize renders them."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from local.monitoring.kustomize import OPENSHIFT, render
from tests.documents.pages import PAGES, ROOT, shell_of

pytestmark = pytest.mark.real

LINES = [line for page in PAGES for code in shell_of(page) for line in code.lines]
FOLDERS = sorted({shlex.split(line)[-1] for line in LINES if line.startswith(("oc apply -k ", "oc delete -k "))})


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_that_a_page_applies_renders(folder: str, openshift: Path) -> None:
    rendered = render(openshift / (ROOT / folder).relative_to(OPENSHIFT))

    assert [name for name in rendered if not name.startswith("ConfigMap/site-fencing-values")]
