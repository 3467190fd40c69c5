"""Which Python runs the functions here: Lambda's version where it is at hand, else the development Python."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LAMBDA_VERSION = "3.13"  # template.yaml, Runtime
_OWN = Path(__file__).resolve().parent.parent / ".venv-functions" / "bin" / "python"
_DESCRIBE = "import platform, sysconfig; print(platform.python_version(), sysconfig.get_path('purelib'), sep='\\n')"


@dataclass(frozen=True)
class FunctionsPython:
    """An interpreter, and where its environment's packages are: those of requirements/functions.in, at least."""

    executable: Path
    version: str
    packages: Path

    def __str__(self) -> str:
        """The version, and plainly so where it isn't Lambda's."""
        is_lambdas = self.version.startswith(f"{LAMBDA_VERSION}.")
        return self.version if is_lambdas else f"{self.version}, as {LAMBDA_VERSION} is not at hand"


@cache
def functions_python() -> FunctionsPython:
    """The environment that `make environments` makes if there is a Python of Lambda's version; else this process's.

    Raises:
        subprocess.CalledProcessError: the environment is damaged; `make clean environments` makes it anew.
    """
    executable = _OWN if _OWN.exists() else Path(sys.executable)
    described = subprocess.run([executable, "-c", _DESCRIBE], capture_output=True, text=True, check=True)
    version, packages = described.stdout.splitlines()
    return FunctionsPython(executable, version, Path(packages))


if __name__ == "__main__":
    print(functions_python().executable)
