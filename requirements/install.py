"""Make or renew a virtual environment so that it holds exactly what a lock file says.

    python3 requirements/install.py .venv requirements/dev.txt

Runs on the standard library alone: it is what makes the first virtual environment. It does nothing when the
environment's copy of the lock file, written after a successful installation, is still equal to the lock file.
"""

import fcntl
import subprocess
import sys
import time
import venv
from pathlib import Path

PROGRESS_EVERY = 20


def install(environment: Path, lock: Path) -> None:
    """Build `environment` anew from `lock`, unless it was built from the same one.

    A lock beside it makes a second `make`, started meanwhile in another terminal, wait instead of building it too.

    Raises:
        SystemExit: pip failed; its output has been printed.
    """
    with environment.with_name(f"{environment.name}.lock").open("w", encoding="utf-8") as mutex:
        fcntl.flock(mutex, fcntl.LOCK_EX)
        stamp = environment / "lock.txt"
        if not (stamp.exists() and stamp.read_bytes() == lock.read_bytes()):
            build(environment, lock)
            stamp.write_bytes(lock.read_bytes())
        stamp.touch()


def build(environment: Path, lock: Path) -> None:
    """Install the packages of `lock` into a new `environment`, with a line of progress now and then."""
    started = time.monotonic()
    total = sum("==" in line for line in lock.read_text(encoding="utf-8").splitlines())
    print(f"{environment}: installing {total} packages of {lock}", flush=True)
    venv.create(environment, clear=True, with_pip=True, symlinks=True)
    # The lock is complete, so pip needn't resolve (--no-deps). Python compiles on first import only what is used.
    options = ["--disable-pip-version-check", "--no-input", "--progress-bar=off", "--no-compile"]
    options += ["--require-hashes", "--no-deps", "--only-binary=:all:", "--requirement", str(lock)]
    command = [environment / "bin" / "python", "-m", "pip", "install", *options]
    printed: list[str] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip:
        for line in pip.stdout or ():
            printed.append(line)
            fetched = sum(earlier.startswith("Collecting ") for earlier in printed)
            if line.startswith("Collecting ") and fetched % PROGRESS_EVERY == 0:
                print(f"{environment}: fetched {fetched} of {total}", flush=True)
            elif line.startswith("Installing collected packages"):
                print(f"{environment}: unpacking", flush=True)
    if pip.returncode:
        sys.exit("".join(printed) + f"{environment}: pip failed; the lines above say why")
    print(f"{environment}: ready after {time.monotonic() - started:.0f} s", flush=True)


if __name__ == "__main__":
    try:
        install(Path(sys.argv[1]), Path(sys.argv[2]))
    except KeyboardInterrupt:  # what was begun is done anew the next time
        sys.exit(130)
