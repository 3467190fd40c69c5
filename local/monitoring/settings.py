"""The two sets of monitoring settings that are run and compared: ours, and those of Keycloak's guide."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

import yaml

from local.monitoring.plain import PLAIN

Document = dict[str, Any]

ACCELERATOR = "a3da6a6cbd4e27b02.awsglobalaccelerator.com"
# The namespace that a Prometheus in the cluster would add to what it scrapes.
NAMESPACE = "keycloak"
_GUIDE = Path(__file__).parent / "guide"


@dataclass(frozen=True)
class Settings:
    """What Prometheus and Alertmanager of one site run with. Intervals are as Prometheus writes them: "3s"."""

    name: str
    scrape_interval: str
    scrape_timeout: str
    evaluation_interval: str
    rules: Document
    alertmanager: Document


def ours(site: str) -> Settings:
    """What cluster/ ships. `site` is "site-a" or "site-b"."""
    [scrape] = _read(PLAIN / site / "prometheus.yml")["scrape_configs"]
    rules = _read(PLAIN / site / "rules.yml")
    return Settings(
        name="ours",
        scrape_interval=scrape["scrape_interval"],
        scrape_timeout=scrape["scrape_timeout"],
        evaluation_interval=rules["groups"][0]["interval"],
        rules=rules,
        alertmanager=_read(PLAIN / site / "alertmanager.yml"),
    )


def guide(site: str) -> Settings:
    """What Keycloak's guide sets: its alert and routing, and the intervals of Infinispan's operator and Prometheus."""
    other = {"site-a": "site-b", "site-b": "site-a"}[site]
    rules = Template((_GUIDE / "rules.yml").read_text()).substitute(reporter=site, site=other, accelerator=ACCELERATOR)
    return Settings(
        name="guide",
        scrape_interval="30s",
        scrape_timeout="10s",
        evaluation_interval="30s",
        rules=yaml.safe_load(rules),
        alertmanager=_read(_GUIDE / "alertmanager.yml"),
    )


def _read(file: Path) -> Document:
    document: Document = yaml.safe_load(file.read_text())
    return document
