"""Finding the container runtime, and this machine as containers see it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from local.sam.containers.runtime import ContainerRuntime, NoContainerRuntimeError, container_runtime


def test_without_docker_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoContainerRuntimeError, match=r"apt-get install .*docker\.io"), container_runtime():
        pass


@pytest.mark.parametrize(
    ("network", "gateway"),
    [
        ({"Subnet": "172.18.0.0/16", "Gateway": "172.18.0.9"}, "172.18.0.9"),
        ({"Subnet": "172.18.0.0/16"}, "172.18.0.1"),  # as the daemon that makes the bridge says it
    ],
)
def test_the_gateway_is_known_to_every_daemon(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, network: dict[str, str], gateway: str
) -> None:
    docker = tmp_path / "docker"
    docker.write_text(f"#!/bin/sh\necho '{json.dumps([{'IPAM': {'Config': [network]}}])}'\n")
    docker.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert ContainerRuntime("").gateway == gateway
