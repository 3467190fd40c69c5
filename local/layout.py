"""Plain text that fits into a number of columns."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

_ARN = "arn:aws"
_LEFT_OUT = "..."


def wrapped(text: str, columns: int) -> list[str]:
    """The text in lines of at most `columns`; there is at least one line.

    An ARN that doesn't fit is shortened, see `shortened`; any other such word, a path for instance, stays whole.
    """
    fitting = [shortened(word, columns) if _ARN in word else word for word in text.split()]
    return textwrap.wrap(" ".join(fitting), columns, break_long_words=False, break_on_hyphens=False) or [""]


def shortened(word: str, columns: int) -> str:
    """The word with its middle left out: an ARN is told from others by its service and by its end."""
    if len(word) <= columns:
        return word
    start = (columns - len(_LEFT_OUT)) // 3
    return f"{word[:start]}{_LEFT_OUT}{word[start + len(_LEFT_OUT) - columns :]}"


def hanging(start: str, text: str, columns: int) -> str:
    """`text` after `start`; further lines are indented to where the text begins."""
    first, *further = wrapped(text, columns - len(start))
    return "\n".join([start + first, *(" " * len(start) + line for line in further)]).rstrip()


def beneath(start: str, text: str, columns: int, *, indent: int) -> str:
    """`text` after `start` if all of it fits there, and on lines of its own otherwise, behind `indent` columns."""
    line = f"{start}: {text}"
    if len(line) <= columns:
        return line
    return "\n".join([f"{start}:", *(" " * indent + further for further in wrapped(text, columns - indent))])


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows with their columns aligned, as far as a row has them."""
    widths: dict[int, int] = {}
    for row in rows:
        for column, cell in enumerate(row):
            widths[column] = max(widths.get(column, 0), len(cell))
    return ["  ".join(cell.ljust(widths[column]) for column, cell in enumerate(row)).rstrip() for row in rows]
