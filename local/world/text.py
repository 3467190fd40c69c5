"""A world as aligned plain text, for a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

INDENT = "  "


def render(shown: Mapping[str, Any]) -> str:
    """The text for what `World.show` returned. Ends without a line break."""
    sections = [
        ("Accelerators", _table(_endpoint_rows(shown["accelerators"]))),
        (f"Infinispan (link {shown['link']})", _table(_infinispan_rows(shown))),
        ("Fence record", _table(_record_rows(shown["record"]))),
        ("Executions, newest first", _executions(shown["executions"])),
    ]
    return "\n\n".join("\n".join([title, *(INDENT + line for line in lines)]) for title, lines in sections)


def _endpoint_rows(endpoints: Iterable[Mapping[str, Any]]) -> list[Sequence[str]]:
    rows: list[Sequence[str]] = []
    for end in endpoints:
        where = (end["accelerator"], str(end["port"]), end["region"])
        rows.append((*where, end["site"], end["health"], f"weight {end['weight']}"))
    return rows or [("no endpoint: nobody is served",)]


def _infinispan_rows(shown: Mapping[str, Any]) -> list[Sequence[str]]:
    rows: list[Sequence[str]] = []
    for site, statuses in shown["infinispan"].items():
        sees = shown["sees"][site]
        view = "doesn't answer" if sees is None else f"sees {', '.join(sees) or 'unknown'}"
        status = ", ".join(f"{other} is {status}" for other, status in statuses.items())
        told = shown["told"].get(site)  # real servers keep no such list
        rows.append((site, status, view, *([] if told is None else [f"was told: {', '.join(told) or 'nothing'}"])))
    return rows


def _record_rows(record: Mapping[str, Any] | None) -> list[Sequence[str]]:
    if record is None:
        return [("none",)]
    rows: list[Sequence[str]] = []
    for name, value in record.items():
        lines = [f"{key} {item}" for one in value for key, item in one.items()] if name == "removed" else [str(value)]
        rows += [(name if line is lines[0] else "", line) for line in lines if value is not None]
    return rows


def _executions(executions: Iterable[Mapping[str, Any]]) -> list[str]:
    lines = []
    for execution in executions:
        outcome = execution["code"] or "not ended"
        lines.append(f"{execution['name']}  {execution['status']}  {outcome}")
        if execution["sentence"]:
            lines.append(INDENT + execution["sentence"])
    return lines or ["none"]


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows with their columns aligned, as far as a row has them."""
    widths: dict[int, int] = {}
    for row in rows:
        for column, cell in enumerate(row):
            widths[column] = max(widths.get(column, 0), len(cell))
    return ["  ".join(cell.ljust(widths[column]) for column, cell in enumerate(row)).rstrip() for row in rows]
