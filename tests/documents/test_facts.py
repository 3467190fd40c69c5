"""What the pages say of the application and of measurements is what the application and the measurements say."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

import pytest
import yaml

from local.sam.cli import PROJECT
from local.sites.real.jars import VERSIONS
from tests.documents.pages import code_of, headings_of, text_of

TEMPLATE = yaml.load((PROJECT / "template.yaml").read_text(), Loader=yaml.BaseLoader)
SAID = "\n".join(
    path.read_text() for path in (*PROJECT.glob("functions/**/*.py"), PROJECT / "statemachine" / "fence.asl.json")
)
EVENTS = [json.loads(path.read_text()) for path in sorted((PROJECT / "events").glob("*/good.json"))]


def section_of(page: str, heading: str) -> str:
    return text_of(page).partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def test_every_parameter_is_explained() -> None:
    assert (
        set(re.findall(r"`(\w+)`", section_of("docs/configuration.md", "Parameters"))) >= TEMPLATE["Parameters"].keys()
    )


def test_the_cost_counts_what_the_template_has() -> None:
    rows = re.findall(
        r"^\| `([\w:]+)` \| (\d+) \| \$([\d.]+) \| \$([\d.]+) \|$",
        section_of("docs/configuration.md", "Cost"),
        re.MULTILINE,
    )
    made = Counter(resource["Type"] for resource in TEMPLATE["Resources"].values())
    assert {kind: int(number) for kind, number, _, _ in rows} == {kind: made[kind] for kind, *_ in rows}
    assert len(rows) == 3
    assert [together for *_, together in rows] == [f"{int(number) * float(each):.2f}" for _, number, each, _ in rows]
    rounded = round(sum(float(together) for *_, together in rows))
    assert f"About ${rounded} a month" in text_of("README.md")


def test_every_alarm_is_in_the_runbook() -> None:
    alarms = {name for name, each in TEMPLATE["Resources"].items() if each["Type"] == "AWS::CloudWatch::Alarm"}
    assert set(re.findall(r"^\| `(\w+)` \|", section_of("docs/operating.md", "Alarms"), re.MULTILINE)) == alarms


def test_the_readme_says_which_versions_are_tried() -> None:
    oldest, newest = sorted(version.removesuffix(".Final") for version in VERSIONS)
    assert f"`make test-real` runs {oldest} and {newest}" in text_of("README.md")


def test_the_readme_says_what_was_measured() -> None:
    measured = json.loads((PROJECT / "docs" / "measurement.json").read_text())["settings"]
    ours, guide = (measured[name]["seconds"]["metric 0 → first successful PUT"]["median"] for name in ("ours", "guide"))
    assert f"[{ours:.0f} s, where the guide's settings take {guide:.0f} s]" in text_of("README.md")


def test_what_a_message_cites_is_there() -> None:
    cited = set(re.findall(r"runbook, ([A-Z][a-z]+(?: [a-z]+)*)[).]", SAID))
    assert cited
    assert cited - {*headings_of("docs/operating.md")} == set()


def test_the_runbook_quotes_what_is_said() -> None:
    quotations = re.findall(r'^- "([^"]+)":', section_of("docs/operating.md", "Refused"), re.MULTILINE)
    pieces = [piece.strip() for quotation in quotations for piece in quotation.split("…")]
    assert len(quotations) == 5
    assert [piece for piece in pieces if piece and piece not in SAID] == []


@pytest.mark.parametrize("text", [code.text for code in code_of("docs/architecture.md") if code.language == "json"])
def test_a_piece_of_json_is_a_piece_of_a_sample_event(text: str) -> None:
    piece = json.loads(text)
    assert any(is_part_of(piece, event) for event in EVENTS)


def is_part_of(piece: dict[str, Any], whole: dict[str, Any]) -> bool:
    return all(key in whole and whole[key] == value for key, value in piece.items())
