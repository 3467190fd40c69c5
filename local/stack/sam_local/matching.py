"""Comparing what was answered with what was expected, and the world with itself."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from local.world import World


def mismatches(expected: Any, found: Any, path: str = "answer") -> list[str]:
    """Where `found` isn't as `expected`: of objects the expected keys count, texts may be patterns."""
    if isinstance(expected, Mapping):
        if not isinstance(found, Mapping):
            return [f"{path} is no object: {found!r}"]
        return [line for key, value in expected.items() for line in mismatches(value, found.get(key), f"{path}.{key}")]
    if isinstance(expected, Sequence) and not isinstance(expected, str):
        if not isinstance(found, Sequence) or len(found) != len(expected):
            return [f"{path} should have {len(expected)} items: {found!r}"]
        pairs = enumerate(zip(expected, found, strict=True))
        return [line for index, (one, other) in pairs for line in mismatches(one, other, f"{path}[{index}]")]
    if isinstance(expected, re.Pattern):
        matched = isinstance(found, str) and expected.search(found)
        return [] if matched else [f"{path} doesn't match {expected.pattern!r}: {found!r}"]
    return [] if expected == found else [f"{path} should be {expected!r}: {found!r}"]


def state(world: World, executions_before: int = 0) -> dict[str, Any]:
    """What an event may change; `executions` are the outcomes of those beyond the first `executions_before`."""
    shown = world.show()
    record = shown["record"]
    said = {
        f"{site} says of {other}": status
        for site, others in shown["infinispan"].items()
        for other, status in others.items()
    }
    newest_first = shown["executions"]
    return {
        "in the accelerator": shown["endpoints"],
        **said,
        "record": record and "{phase} {generation}: {survivor} survives {fenced}".format(**record),
        "executions": [done["code"] for done in newest_first[: len(newest_first) - executions_before]],
    }


def settled(world: World) -> bool:
    """Whether no execution runs."""
    return all(execution["status"] != "RUNNING" for execution in world.show()["executions"])


def shape(value: Any) -> Any:
    """The value with its types instead of its texts and numbers; keys that are ARNs lose what is unique in them."""
    if isinstance(value, dict):
        return {re.sub(r"[0-9a-f]{8,}", "*", key): shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value]
    return type(value).__name__
