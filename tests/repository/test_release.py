"""One version, one licence, and a changelog that says what an update does to an incident."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
# BaseLoader leaves the short forms of CloudFormation's functions alone.
TEMPLATE = yaml.load((ROOT / "template.yaml").read_text(), Loader=yaml.BaseLoader)
PUBLISHED = TEMPLATE["Metadata"]["AWS::ServerlessRepo::Application"]
CHANGELOG = (ROOT / "CHANGELOG.md").read_text()
VERSIONS = re.findall(
    r"^## \[(.+?)\](?: - (\d{4}-\d{2}-\d{2}))?\n(.*?)(?=^## |\Z)", CHANGELOG, re.MULTILINE | re.DOTALL
)


def test_the_version_is_the_same_everywhere() -> None:
    (_, _, _), (newest, date, _), *_ = VERSIONS
    assert VERSIONS[0][0] == "Unreleased"
    assert date
    assert PROJECT["version"] == PUBLISHED["SemanticVersion"] == newest


@pytest.mark.parametrize(("version", "text"), [(version, text) for version, _, text in VERSIONS])
def test_a_version_says_what_an_update_does_to_an_open_fence_record(version: str, text: str) -> None:
    assert re.match(r"\n\*\*Open fence record:\*\* \S", text), version


def test_the_licence_is_the_same_everywhere() -> None:
    assert PROJECT["license"] == PUBLISHED["SpdxLicenseId"] == "Apache-2.0"
    assert PROJECT["license-files"] == [PUBLISHED["LicenseUrl"]]
    assert "Apache License\n                           Version 2.0, January 2004" in (ROOT / "LICENSE").read_text()
