"""What the two clusters would apply, as kustomize renders it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from local.monitoring.kustomize import OPENSHIFT, render

Resources = Mapping[str, Mapping[str, Any]]


@pytest.fixture(scope="session")
def openshift(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of cluster/openshift/ as its user has it: with credentials filled in."""
    copy = tmp_path_factory.mktemp("clusters") / "openshift"
    shutil.copytree(OPENSHIFT, copy, ignore=shutil.ignore_patterns("webhook.env"))
    shutil.copy(copy / "credentials" / "webhook.env.example", copy / "credentials" / "webhook.env")
    return copy


@pytest.fixture(scope="session", params=["site-a", "site-b"])
def site(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="session")
def resources(openshift: Path, site: str) -> Resources:
    return render(openshift / site)
