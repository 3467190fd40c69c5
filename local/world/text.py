"""A world as aligned plain text, for a person."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from local.layout import hanging, shortened, table

INDENT = "  "


def render(shown: Mapping[str, Any], columns: int, *, executions: bool = True) -> str:
    """The text for what `World.show` returned, at most that wide. Ends without a line break.

    ARNs that don't fit are shortened; the JSON has them whole.
    """
    sections = [
        ("Accelerators", _accelerators(shown["accelerators"])),
        (f"Infinispan (link {shown['link']})", _infinispans(shown, columns - len(INDENT))),
        ("Fence record", _record(shown["record"], columns - len(INDENT))),
    ]
    if executions:
        sections.append(("Executions, newest first", _executions(shown["executions"], columns - len(INDENT))))
    return "\n\n".join("\n".join([title, *(INDENT + line for line in lines)]) for title, lines in sections)


def _accelerators(endpoints: Sequence[Mapping[str, Any]]) -> list[str]:
    """Each accelerator's name, and below it its endpoints."""
    if not endpoints:
        return ["no endpoint: nobody is served"]
    lines = []
    rows = table([_endpoint(end) for end in endpoints])
    for name in dict.fromkeys(end["accelerator"] for end in endpoints):
        lines.append(str(name))
        lines += [INDENT + row for end, row in zip(endpoints, rows, strict=True) if end["accelerator"] == name]
    return lines


def _endpoint(end: Mapping[str, Any]) -> Sequence[str]:
    return (str(end["port"]), end["region"], end["site"], end["health"], f"weight {end['weight']}")


def _infinispans(shown: Mapping[str, Any], columns: int) -> list[str]:
    """A line for each site; what it was told goes on lines of its own where it doesn't fit."""
    rows: list[Sequence[str]] = []
    for site, statuses in shown["infinispan"].items():
        sees = shown["sees"][site]
        view = "doesn't answer" if sees is None else f"sees {', '.join(sees) or 'unknown'}"
        rows.append((site, ", ".join(f"{other} is {status}" for other, status in statuses.items()), view))
    lines = []
    for site, line in zip(shown["infinispan"], table(rows), strict=True):
        told = shown["told"].get(site)  # real servers keep no such list
        lines.append(line)
        if told is not None:
            lines += hanging(f"{'':{len(site)}}  was told: ", _counted(told) or "nothing", columns).splitlines()
    return lines


def _counted(operations: Iterable[str]) -> str:
    """The operations, with repetitions of the same one in a row counted."""
    runs = [(operation, len(list(run))) for operation, run in itertools.groupby(operations)]
    return ", ".join(operation if times == 1 else f"{operation} ({times} times)" for operation, times in runs)


def _record(record: Mapping[str, Any] | None, columns: int) -> list[str]:
    if record is None:
        return ["none"]
    width = max(len(name) for name in record)
    lines = []
    for name, value in record.items():
        items = [f"{key} {item}" for one in value for key, item in one.items()] if name == "removed" else [str(value)]
        for item in items:
            if value is not None:
                start = f"{name if item is items[0] else '':{width}}  "
                lines.append(start + " ".join(_fitting(item.split(" "), columns - len(start))))
    return lines


def _fitting(words: Sequence[str], columns: int) -> list[str]:
    """The words, the last one of them shortened so that all fit."""
    *first, last = words
    return [*first, shortened(last, columns - len(" ".join([*first, ""])))]


def _executions(executions: Iterable[Mapping[str, Any]], columns: int) -> list[str]:
    lines = []
    for execution in executions:
        lines.append(f"{execution['name']}  {execution['status']}  {execution['code'] or 'not ended'}")
        if execution["sentence"]:
            lines += hanging(INDENT, execution["sentence"], columns).splitlines()
    return lines or ["none"]
