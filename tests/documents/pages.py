"""What the pages hold: their headings, and their code, read as Markdown."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[2]
PAGES = ("README.md", *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")))
# What several pages build on. A page that links to it says that its commands need it.
DEFINITIONS = ("docs/operating.md", "Where everything is")
SHELL = "sh"

_PARAGRAPHS_OF_SHELL = re.compile(r"(?<!\\)\n")


@dataclass(frozen=True)
class Code:
    """A piece of code in a page. `language` is what the fence says; "" for none, or for code that is just indented.

    `section` is the heading of the second level above it; "" before the first one.
    """

    page: str
    section: str
    line: int
    language: str
    text: str

    @property
    def lines(self) -> list[str]:
        """The lines of a shell script, each joined with those that continue it by a backslash."""
        return [line.replace("\\\n", " ") for line in _PARAGRAPHS_OF_SHELL.split(self.text.rstrip("\n"))]


@cache
def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


@cache
def code_of(page: str) -> tuple[Code, ...]:
    """All code of a page, from top to bottom."""
    return tuple(_code(page))


def _code(page: str) -> Iterator[Code]:
    section = ""
    tokens = MarkdownIt("commonmark").parse(text_of(page))
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if token.type == "heading_open" and token.tag == "h2":
            assert following is not None
            section = following.content
        elif token.type in ("fence", "code_block"):
            assert token.map is not None
            yield Code(page, section, token.map[0] + 1, token.info.strip(), token.content)


def shell_of(page: str, section: str | None = None) -> tuple[Code, ...]:
    """The shell code of a page, or of one of its sections."""
    found = [code for code in code_of(page) if code.language == SHELL]
    return tuple(code for code in found if section in (None, code.section))


def definitions_for(page: str, section: str) -> tuple[Code, ...]:
    """The shell code that a section builds on, apart from its own."""
    owner, defining = DEFINITIONS
    link = f"]({Path(owner).name}#{anchor_of(defining)})"
    needed = page == owner or link in text_of(page)
    return shell_of(owner, defining) if needed and (page, section) != DEFINITIONS else ()


def headings_of(page: str) -> list[str]:
    tokens = MarkdownIt("commonmark").parse(text_of(page))
    return [after.content for token, after in itertools.pairwise(tokens) if token.type == "heading_open"]


def anchor_of(heading: str) -> str:
    """The anchor that GitHub and GitLab give a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
