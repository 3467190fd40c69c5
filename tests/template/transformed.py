"""The template as CloudFormation gets it, after the SAM transform: kept, so that a review sees what a change does.

`python -m tests.template.transformed` writes transformed.yaml anew.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest.mock import patch

import yaml
from samtranslator.yaml_helper import yaml_parse

from local.aws.cloudformation.templates import transformed
from local.sam.cli import PROJECT, REGION

GOLDEN = Path(__file__).with_name("transformed.yaml")
# What has no default; any other value is the template's own.
PARAMETERS = {
    "SiteA": "site-a",
    "SiteAInfinispanUrl": "https://site-a.example",
    "SiteB": "site-b",
    "SiteBInfinispanUrl": "https://site-b.example",
}
UPLOADED = {"CodeUri: functions/": "functions", "ContentUri: layer/": "layer"}


def transformed_template() -> dict[str, Any]:
    """With made-up addresses where `sam deploy` puts those of what it uploads."""
    text = (PROJECT / "template.yaml").read_text()
    for local, name in UPLOADED.items():
        assert local in text, f"the template has no {local}"
        text = text.replace(local, f"{local.partition(':')[0]}: s3://uploaded/{name}.zip")
    text = text.replace("DefinitionUri: statemachine/", "DefinitionUri: s3://uploaded/")
    with patch.dict("os.environ", {"AWS_DEFAULT_REGION": REGION}):  # the transform asks boto3 for it
        return transformed(yaml_parse(text), PARAMETERS)  # with aliases, which sam resolves when it packages


def as_text() -> str:
    return yaml.safe_dump(transformed_template(), sort_keys=True, width=120)


if __name__ == "__main__":
    GOLDEN.write_text(as_text())
