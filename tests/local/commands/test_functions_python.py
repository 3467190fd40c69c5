"""Lambda's version of Python is found where it is at hand, and taken; else the development Python is."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local import functions_python as module
from local.functions_python import LAMBDA_VERSION, functions_python
from local.sam.containers import image

ROOT = Path(__file__).parents[3]
FINDER = ROOT / "layer" / "find_python.sh"
SHIM = '#!/bin/sh\necho "pyenv: python3.13: command not found" >&2; exit 127\n'
REAL = f'#!/bin/sh\nexec {sys.executable} "$@"\n'


def executable(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("on_path", "of_pyenv", "found"),
    [
        (REAL, None, True),
        (SHIM, REAL, True),
        (None, REAL, True),
        (SHIM, None, False),
        (None, None, False),
    ],
)
def test_a_python_is_found_only_if_it_runs(tmp_path: Path, on_path: str | None, of_pyenv: str | None, found: bool):
    if on_path:
        executable(tmp_path / "bin" / "python3.13", on_path)
    if of_pyenv:
        executable(tmp_path / "pyenv" / "versions" / "3.13.0" / "bin" / "python3.13", of_pyenv)
    environment = {"PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin", "PYENV_ROOT": str(tmp_path / "pyenv")}
    done = subprocess.run(["/bin/sh", FINDER], env=environment, capture_output=True, text=True, check=False)
    if found:
        assert (done.returncode, Path(done.stdout.strip())) == (0, Path(sys.executable))
    else:
        assert (done.returncode, done.stdout) == (1, "")


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the environment of the functions' own Python would be."""
    path = tmp_path / "bin" / "python"
    monkeypatch.setattr(module, "_OWN", path)
    functions_python.cache_clear()
    yield path
    functions_python.cache_clear()


def test_the_functions_own_environment_is_taken(own: Path):
    executable(own, "#!/bin/sh\nprintf '3.13.9\\n/own/packages\\n'\n")
    python = functions_python()
    assert (python.executable, python.version, python.packages) == (own, "3.13.9", Path("/own/packages"))
    assert str(python) == "3.13.9"


def test_an_environment_whose_python_is_gone_is_none(own: Path):
    own.parent.mkdir()
    own.symlink_to("/nowhere/python3.13")
    assert functions_python().executable == Path(sys.executable)


def test_another_version_is_said_plainly(own: Path):
    executable(own, "#!/bin/sh\nprintf '3.12.1\\n/packages\\n'\n")
    assert str(functions_python()) == "3.12.1, as 3.13 is not at hand"


def test_the_version_is_the_same_everywhere():
    named = {
        "template.yaml": re.findall(r"[rR]untimes?: \[?python([0-9.]+)", (ROOT / "template.yaml").read_text()),
        "layer/Makefile": re.findall(r"--python-version ([0-9.]+)", (ROOT / "layer" / "Makefile").read_text()),
        "layer/find_python.sh": re.findall(r"python([0-9.]+[0-9])", FINDER.read_text()),
        "Makefile": [
            f"{major}.{minor}" for major, minor in re.findall(r"== \((\d+), (\d+)\)", (ROOT / "Makefile").read_text())
        ],
        "the container image": re.findall(r"python([0-9.]+)", " ".join(image.PACKAGES)),
    }
    assert {file: set(versions) for file, versions in named.items()} == {file: {LAMBDA_VERSION} for file in named}
