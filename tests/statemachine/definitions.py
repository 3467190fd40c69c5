"""The state machines' definitions and the template, read once, and what the rules ask of them."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).parents[2]
TEMPLATE: dict[str, Any] = yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8"))
DEFINITION_FILES = sorted((ROOT / "statemachine").glob("*.asl.json"))
DEFINITIONS: dict[str, dict[str, Any]] = {
    path.name: json.loads(path.read_text(encoding="utf-8")) for path in DEFINITION_FILES
}
LAMBDA_INVOKE = "arn:aws:states:::lambda:invoke"
TELLING = ("arn:aws:states:::sns:publish", "arn:aws:states:::events:putEvents")

every_definition = pytest.mark.parametrize("definition", DEFINITIONS.values(), ids=DEFINITIONS)


def every_state(**having: str) -> pytest.MarkDecorator:
    """Parametrize a test with `state`: each state of each definition whose fields are as given."""
    return pytest.mark.parametrize(
        "state",
        [
            pytest.param(state, id=f"{file.removesuffix('.asl.json')}: {name}")
            for file, definition in DEFINITIONS.items()
            for name, state in definition["States"].items()
            if all(state.get(field) == value for field, value in having.items())
        ],
    )


def expressions(part: Any) -> Iterator[str]:
    """Yield the JSONata inside every `{% ... %}` of a definition or of a part of it."""
    if isinstance(part, str):
        if part.startswith("{%"):
            yield part.removeprefix("{%").removesuffix("%}").strip()
    elif isinstance(part, Mapping):
        for inner in part.values():
            yield from expressions(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from expressions(inner)


def error_names(field: str) -> set[str]:
    """Return our own names in the ErrorEquals of all `Retry` or `Catch` fields; AWS's names have a dot in them."""
    return {
        name
        for definition in DEFINITIONS.values()
        for state in definition["States"].values()
        for rule in state.get(field, [])
        for name in rule["ErrorEquals"]
        if "." not in name
    }


def followers(state: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of all states that may come next."""
    if "Next" in state:
        yield state["Next"]
    if "Default" in state:
        yield state["Default"]
    for way in (*state.get("Choices", []), *state.get("Catch", [])):
        yield way["Next"]


def reachable(definition: Mapping[str, Any], *, without: str) -> set[str]:
    """Return the names of the states that can be reached without passing through the state `without`."""
    seen: set[str] = set()
    ahead = [definition["StartAt"]]
    while ahead:
        name = ahead.pop()
        if name not in seen and name != without:
            seen.add(name)
            ahead.extend(followers(definition["States"][name]))
    return seen


def substitutions_used() -> dict[str, set[str]]:
    """Return for each definition's path, as the template writes it, the names of its `${Name}` substitutions."""
    return {
        str(path.relative_to(ROOT)): set(re.findall(r"\$\{(\w+)\}", path.read_text(encoding="utf-8")))
        for path in DEFINITION_FILES
    }


def resources(resource_type: str) -> dict[str, dict[str, Any]]:
    """Return the properties of the template's resources of a type, by logical id; globals are merged into functions."""
    shared = TEMPLATE.get("Globals", {}).get("Function", {}) if resource_type.endswith("::Function") else {}
    return {
        logical_id: shared | resource.get("Properties", {})
        for logical_id, resource in TEMPLATE["Resources"].items()
        if resource["Type"] == resource_type
    }
