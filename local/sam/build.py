"""Builds the application with sam, once for each state of its sources."""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.sam import cli as sam

SOURCES = ("template.yaml", "samconfig.toml", "functions", "layer", "statemachine")
_GENERATED = "__pycache__"


@contextmanager
def built_application(tell: sam.Tell = sam.ignore) -> Iterator[bool]:
    """Build if any source has changed since the last time; yields whether that was needed. `tell` gets what sam says.

    While entered, nobody else builds, or deploys from the build: two stacks may start at the same time.

    Raises:
        SamError: sam build failed.
    """
    sam.BUILD_DIRECTORY.parent.mkdir(parents=True, exist_ok=True)
    with (sam.BUILD_DIRECTORY.parent / "build.lock").open("w") as lock:
        tell("waiting for another build")
        fcntl.flock(lock, fcntl.LOCK_EX)
        tell("")
        remembered = sam.BUILD_DIRECTORY / "sources.sha256"
        wanted = sources_digest()
        stale = not remembered.is_file() or remembered.read_text() != wanted
        if stale:
            remembered.unlink(missing_ok=True)
            sam.build(tell=tell)
            remembered.write_text(wanted)
        yield stale


def sources_digest(project: Path = sam.PROJECT) -> str:
    """A hash over the names and contents of all that sam builds from."""
    digest = hashlib.sha256()
    for path in _files(project):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(project)}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _files(project: Path) -> list[Path]:
    found = []
    for source in SOURCES:
        root = project / source
        found += [path for path in ([root] if root.is_file() else root.rglob("*")) if path.is_file()]
    return sorted(path for path in found if _GENERATED not in path.parts)
