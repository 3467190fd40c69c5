"""A stand-in for AWS's image of the Python runtime, made of Debian and Python packages: no image registry is needed.

It is not AWS's: Debian instead of Amazon Linux, Debian's Python 3.13, boto3 in the version that the tests use. It is
good for `sam local`, which adds the runtime interface emulator itself.
"""

from __future__ import annotations

import hashlib
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from local.sam.containers.runtime import HOW_TO_INSTALL, ContainerRuntime, NoContainerRuntimeError, cache_directory

REPOSITORY = "site-fencing/lambda-python"
# The release of Debian whose Python is the functions': 3.13.
SUITE = "trixie"
PACKAGES = ("ca-certificates", "python3.13")
PARTS = Path(__file__).parent / "image"
# Containers find this at "localhost", as processes on this machine do: see `local.sam.containers.bridge`.
AWS_PORT = 4599
SETTINGS = (
    "ENV LANG=C.UTF-8 TZ=:UTC PATH=/usr/local/bin:/usr/bin:/bin:/opt/bin",
    "ENV LAMBDA_TASK_ROOT=/var/task LAMBDA_RUNTIME_DIR=/var/runtime",
    f"ENV AWS_ENDPOINT_URL=http://localhost:{AWS_PORT}",
    "WORKDIR /var/task",
    'ENTRYPOINT ["/var/runtime/bootstrap"]',
)
BUILD_SECONDS = 600.0


def lambda_image(runtime: ContainerRuntime) -> str:
    """The name of the image. It is built, in about a minute, when there is none by this very recipe.

    Raises:
        NoContainerRuntimeError: it must be built, and what that takes is missing.
        RuntimeError: building failed; the message is that of the tool that did.
    """
    name = f"{REPOSITORY}:{_recipe_digest()}"
    if not runtime.docker("images", "--quiet", name):
        _build(runtime, name)
    return name


def _recipe_digest() -> str:
    """Of everything that the image depends on, but for updates of Debian's packages."""
    digest = hashlib.sha256(platform.machine().encode())
    for path in (Path(__file__), *sorted(PARTS.iterdir())):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _build(runtime: ContainerRuntime, name: str) -> None:
    outdated = runtime.docker("images", "--format", "{{.Repository}}:{{.Tag}}", REPOSITORY).split()
    cache_directory().mkdir(parents=True, exist_ok=True)
    # Not below /tmp, which may forbid device files.
    with tempfile.TemporaryDirectory(dir=cache_directory(), prefix="image-") as directory:
        root = Path(directory, "root")
        _install_debian(root)
        _install_runtime(root)
        archive = Path(directory, "root.tar")
        _run("tar", "--numeric-owner", "-C", str(root), "-cf", str(archive), ".")
        changes = [argument for setting in SETTINGS for argument in ("--change", setting)]
        runtime.docker("import", *changes, str(archive), name, timeout=BUILD_SECONDS)
    for image in outdated:
        runtime.docker("rmi", "--force", image)


def _install_debian(root: Path) -> None:
    if shutil.which("debootstrap") is None:
        raise NoContainerRuntimeError(HOW_TO_INSTALL)
    _run("debootstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}", SUITE, str(root), _debian_mirror())
    for leftover in ("var/cache/apt/archives", "var/lib/apt/lists", "usr/share/doc", "usr/share/locale"):
        shutil.rmtree(root / leftover)


def _debian_mirror() -> str:
    """Where this machine's own packages come from."""
    fields = "$(ORIGIN)|$(LABEL)|$(COMPONENT)|$(REPO_URI)"
    for line in _run("apt-get", "indextargets", "--format", fields, "Identifier: Packages").splitlines():
        origin, label, component, uri = line.split("|")
        if (origin, label, component) == ("Debian", "Debian", "main"):
            return uri
    raise NoContainerRuntimeError("The image is made of Debian packages, but apt-get knows no mirror of Debian's.")


def _install_runtime(root: Path) -> None:
    packages = root / "var" / "runtime"
    packages.mkdir(parents=True)
    _run(
        *(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"),
        *("--require-hashes", "--no-deps", "--only-binary=:all:", "--python-version=3.13"),
        *(f"--platform=manylinux2014_{platform.machine()}", "--root-user-action=ignore"),
        *("--requirement", str(PARTS / "requirements.txt"), "--target", str(packages)),
    )
    shutil.copy(PARTS / "bootstrap", packages / "bootstrap")
    for directory in ("var/task", "opt"):
        (root / directory).mkdir(exist_ok=True)
    # AWS's image has its packages compiled, too.
    _run("chroot", str(root), "python3.13", "-m", "compileall", "-q", "-j", "2", "/usr/lib/python3.13", "/var/runtime")


def _run(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=BUILD_SECONDS, check=False)
    except FileNotFoundError as error:
        raise NoContainerRuntimeError(HOW_TO_INSTALL) from error
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {(done.stderr or done.stdout).strip()[-2000:]}")
    return done.stdout
