"""A terminal: bash, with what somebody who follows the pages has at hand, against the local AWS."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from local.sam import cli as sam
from tests.local.commands.terminals import OF_THE_CALLER

SECONDS = 300.0
PROGRAMS = ("aws", "curl", "jq")
ENVIRONMENTS = {".venv": "dev.txt", ".venv-sam": "sam.txt", ".venv-aws": "aws.txt"}
NOT_COPIED = shutil.ignore_patterns(".git", ".venv*", ".local", ".aws-sam", ".*_cache", "__pycache__", ".hypothesis")


@dataclass(frozen=True)
class Shell:
    """bash in a directory. No region is set: every command must name its own.

    Raises:
        FileNotFoundError: a program that the pages ask for isn't installed.
    """

    directory: Path
    endpoint_url: str | None

    def __post_init__(self) -> None:
        missing = [name for name in PROGRAMS if shutil.which(name, path=self.environment["PATH"]) is None]
        if missing:
            raise FileNotFoundError(f"The pages' commands need {' and '.join(missing)}: apt-get install curl jq; make")

    @property
    def environment(self) -> dict[str, str]:
        inherited = sam.environment(self.endpoint_url)
        programs = [str(sam.PROJECT / name / "bin") for name in (".venv-sam", ".venv-aws")]
        return {
            **{name: value for name, value in inherited.items() if not name.endswith(("_REGION", *OF_THE_CALLER))},
            "PATH": os.pathsep.join([*programs, inherited["PATH"]]),
        }

    def run(self, script: str, *, typed: str = "") -> str:
        """Run it up to its end or its first failure; what it printed. `typed` is what is given to its questions."""
        done = self.try_to(script, typed=typed)
        assert done.returncode == 0, f"{script}\nended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def try_to(self, script: str, *, typed: str = "") -> subprocess.CompletedProcess[str]:
        """The same, whatever comes of it."""
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=self.directory,
            env=self.environment,
            input=typed,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )


def clone(directory: Path) -> Path:
    """A copy of the project with its environments, for commands that write into it.

    Its lock files are those that the environments were made from, and older: `make` must not renew what the tests use.
    """
    copy = Path(shutil.copytree(sam.PROJECT, directory, ignore=NOT_COPIED))
    for environment, lock in ENVIRONMENTS.items():
        (copy / environment).symlink_to(sam.PROJECT / environment)
        shutil.copy(sam.PROJECT / environment / "lock.txt", copy / "requirements" / lock)
        os.utime(copy / "requirements" / lock, (0, 0))
    return copy
