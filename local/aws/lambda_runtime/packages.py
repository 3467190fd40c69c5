"""What a function's process can import: its code, its layers, and what Lambda's Python runtime brings along."""

from __future__ import annotations

import io
import re
import threading
import zipfile
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from moto.awslambda.models import LambdaBackend, LambdaFunction

from local.aws.lambda_runtime import frozen_bootstrap
from local.functions_python import FunctionsPython

RUNTIME_DISTRIBUTIONS = ("awslambdaric", "boto3")
BOOTSTRAP = Path(frozen_bootstrap.__file__)


class UnpackedPackages:
    """Zip files and runtime packages unpacked below `directory`, each once, for the functions' `python`."""

    def __init__(self, directory: Path, python: FunctionsPython) -> None:
        self._directory = directory
        self._installed = python.packages
        self._lock = threading.Lock()

    def task_root(self, function: LambdaFunction) -> Path:
        """The function's code, as /var/task."""
        return self._unpacked(function.code_bytes, f"code-{_file_name(function.code_sha_256)}")

    def layers(self, function: LambdaFunction, backend: LambdaBackend) -> list[Path]:
        """The Python packages of each of the function's layers, as /opt/python."""
        versions = [backend.layers_versions_by_arn(layer["Arn"]) for layer in function.layers]
        return [
            self._unpacked(version.code_bytes, f"layer-{_file_name(version.code_sha_256)}") / "python"
            for version in versions
            if version is not None
        ]

    def runtime(self) -> Path:
        """awslambdaric, boto3 and what they need, as /var/runtime, and nothing else of the virtual environment.

        And the bootstrap that starts awslambdaric. So a function that forgets to bring a package fails here as it does
        in AWS.
        """
        target = self._directory / "runtime"
        with self._lock:
            if not target.exists():
                target.mkdir()
                for distribution in self._with_dependencies(RUNTIME_DISTRIBUTIONS):
                    _link_top_level(distribution, target)
                (target / BOOTSTRAP.name).symlink_to(BOOTSTRAP)
        return target

    def _unpacked(self, archive: bytes, name: str) -> Path:
        target = self._directory / name
        with self._lock:
            if not target.exists():
                with zipfile.ZipFile(io.BytesIO(archive)) as files:
                    files.extractall(target)
        return target

    def _with_dependencies(self, names: tuple[str, ...]) -> Iterable[metadata.Distribution]:
        found: dict[str, metadata.Distribution] = {}
        pending = list(names)
        while pending:
            name = pending.pop()
            if name in found:
                continue
            (found[name],) = metadata.distributions(name=name, path=[str(self._installed)])
            required = [line for line in found[name].requires or [] if "extra ==" not in line]
            pending += [re.split(r"[^0-9A-Za-z._-]", line, maxsplit=1)[0] for line in required]
        return found.values()


def _file_name(sha256: str) -> str:
    return re.sub(r"[^0-9A-Za-z]", "_", sha256)


def _link_top_level(distribution: metadata.Distribution, target: Path) -> None:
    for name in {file.parts[0] for file in distribution.files or [] if file.parts[0] not in ("..", "__pycache__")}:
        link = target / name
        if not link.exists():
            link.symlink_to(Path(str(distribution.locate_file(name))))
