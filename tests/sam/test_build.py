"""The application is built again exactly when something that goes into it has changed."""

from pathlib import Path

import pytest

from local.sam import build
from local.sam import cli as sam
from local.sam.build import built_application, sources_digest


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for file in ("template.yaml", "samconfig.toml", "functions/f/app.py", "layer/Makefile", "statemachine/a.asl.json"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(file)
    monkeypatch.setattr(sam, "BUILD_DIRECTORY", tmp_path / ".local" / "build")
    monkeypatch.setattr(build, "sources_digest", lambda: sources_digest(tmp_path))
    return tmp_path


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    made: list[Path] = []

    def build_it(*, tell: sam.Tell) -> None:
        sam.BUILD_DIRECTORY.mkdir(parents=True, exist_ok=True)
        made.append(sam.BUILD_DIRECTORY)

    monkeypatch.setattr(sam, "build", build_it)
    return made


def test_what_is_built_is_not_built_again(project: Path, builds: list[Path]) -> None:
    for expected in (True, False):
        with built_application() as was_needed:
            assert was_needed is expected
    assert len(builds) == 1


@pytest.mark.parametrize("file", ["template.yaml", "functions/f/app.py", "functions/f/new.py", "layer/Makefile"])
def test_a_changed_source_is_built(project: Path, builds: list[Path], file: str) -> None:
    with built_application():
        (project / file).write_text("changed")
    with built_application() as was_needed:
        assert was_needed


def test_a_renamed_source_is_built(project: Path, builds: list[Path]) -> None:
    before = sources_digest(project)
    (project / "functions/f/app.py").rename(project / "functions/f/other.py")
    assert sources_digest(project) != before


def test_what_python_leaves_behind_is_no_source(project: Path) -> None:
    before = sources_digest(project)
    (project / "functions/f/__pycache__").mkdir()
    (project / "functions/f/__pycache__/app.pyc").write_text("x")
    assert sources_digest(project) == before


def test_a_failed_build_is_not_remembered(project: Path, builds: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    with built_application():
        (project / "template.yaml").write_text("wrong")
    good_build = sam.build

    def fail(*, tell: sam.Tell) -> None:
        raise sam.SamError("no")

    monkeypatch.setattr(sam, "build", fail)
    with pytest.raises(sam.SamError), built_application():
        pass
    monkeypatch.setattr(sam, "build", good_build)
    (project / "template.yaml").write_text("template.yaml")
    with built_application() as was_needed:
        assert was_needed
