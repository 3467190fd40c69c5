"""The folders of the repository, one for each kind of thing; README.md has the same list in words."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = (
    "cluster",
    "docs",
    "events",
    "functions",
    "layer",
    "local",
    "requirements",
    "scenarios",
    "statemachine",
    "tests",
    "verification",
)


def folders(directory: Path) -> set[str]:
    """The names of the folders there that hold something of ours."""
    return {
        folder.name
        for folder in directory.iterdir()
        if folder.is_dir() and not folder.name.startswith((".", "__")) and any(folder.rglob("*.*"))
    }
