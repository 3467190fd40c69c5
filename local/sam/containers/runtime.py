"""The container runtime: the one that runs on this machine, or one that is started for as long as it is needed."""

from __future__ import annotations

import ipaddress
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HOW_TO_INSTALL = (
    "Running the functions in containers needs Docker on Linux: on Debian, as root,"
    " `apt-get install --no-install-recommends docker.io iptables debootstrap`; it is started when it doesn't run."
)
# No packet filter, no forwarding: containers reach this machine and nothing else, and its network stays as it is.
DAEMON_OPTIONS = ("--iptables=false", "--ip-masq=false", "--ip-forward=false")
START_SECONDS = 60.0
STOP_SECONDS = 30.0


class NoContainerRuntimeError(RuntimeError):
    """There is none, and none can be started. The message says what to install."""


def cache_directory() -> Path:
    """Where images are kept between runs; a new clone of the project finds them there."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base, "site-fencing")


@dataclass(frozen=True)
class ContainerRuntime:
    """A Docker daemon that answers. `host` is its address in the form of DOCKER_HOST; empty stands for the default."""

    host: str

    @property
    def environment(self) -> Mapping[str, str]:
        """What a process needs in order to find this daemon."""
        return {"DOCKER_HOST": self.host} if self.host else {}

    def docker(self, *arguments: str, timeout: float = 60.0) -> str:
        """What `docker` prints.

        Raises:
            RuntimeError: the command failed; the message is its own.
        """
        done = subprocess.run(
            ["docker", *arguments],  # noqa: S607  (whichever client comes first on the path)
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"docker {arguments[0]} failed: {done.stderr.strip()}")
        return done.stdout.strip()

    @property
    def gateway(self) -> str:
        """This machine's address, as containers see it."""
        network = json.loads(self.docker("network", "inspect", "bridge"))[0]["IPAM"]["Config"][0]
        # The daemon that makes the bridge doesn't name the gateway, those after it do: it is the first address.
        return str(network.get("Gateway") or next(ipaddress.ip_network(network["Subnet"]).hosts()))

    def answers(self) -> bool:
        if shutil.which("docker") is None:
            return False
        try:
            self.docker("version", "--format", "{{.Server.Version}}")
        except (RuntimeError, subprocess.TimeoutExpired):
            return False
        return True


@contextmanager
def container_runtime() -> Iterator[ContainerRuntime]:
    """The daemon that runs already, which is left running; or one of our own, which ends with the context.

    Raises:
        NoContainerRuntimeError: neither is possible.
    """
    own = ContainerRuntime(f"unix://{cache_directory() / 'docker.sock'}")
    for runtime in (ContainerRuntime(os.environ.get("DOCKER_HOST", "")), own):
        if runtime.answers():
            yield runtime
            return
    if not all(shutil.which(program) for program in ("dockerd", "docker")) or os.geteuid() != 0:
        raise NoContainerRuntimeError(HOW_TO_INSTALL)
    with _daemon(own):
        yield own


@contextmanager
def _daemon(runtime: ContainerRuntime) -> Iterator[None]:
    directory = cache_directory()
    directory.mkdir(parents=True, exist_ok=True)
    log = directory / "dockerd.log"
    with log.open("wb") as output:
        daemon = subprocess.Popen(
            [
                *("dockerd", "--host", runtime.host, *DAEMON_OPTIONS),
                *("--data-root", str(directory / "docker"), "--exec-root", str(directory / "docker-run")),
                *("--pidfile", str(directory / "docker.pid")),
            ],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait_until_it_answers(runtime, daemon, log)
        yield
    finally:
        daemon.terminate()
        daemon.wait(STOP_SECONDS)


def _wait_until_it_answers(runtime: ContainerRuntime, daemon: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not runtime.answers():
        if daemon.poll() is not None or time.monotonic() > deadline:
            last_lines = "\n".join(log.read_text(errors="replace").splitlines()[-10:])
            raise NoContainerRuntimeError(f"dockerd did not start; the end of {log}:\n{last_lines}")
        time.sleep(0.2)
