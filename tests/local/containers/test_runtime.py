"""Where there is no container runtime, somebody is told what to install."""

from __future__ import annotations

from pathlib import Path

import pytest

from local.containers.runtime import NoContainerRuntimeError, container_runtime


def test_without_docker_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoContainerRuntimeError, match=r"apt-get install .*docker\.io"), container_runtime():
        pass
