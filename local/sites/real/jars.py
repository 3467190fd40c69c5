"""Infinispan's server as jars from Maven Central. They are fetched once and kept: about 65 MB per version."""

from __future__ import annotations

import fcntl
import os
import subprocess
import tempfile
from pathlib import Path
from string import Template

from local.tools import JAVA, MAVEN, path_of, require

VERSIONS = ("16.0.7", "15.0.21.Final")
_RUNTIME = "org.infinispan:infinispan-server-runtime"
_POM = Template("""\
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>site-fencing</groupId>
  <artifactId>infinispan-server</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.infinispan</groupId>
      <artifactId>infinispan-server-runtime</artifactId>
      <version>$version</version>
    </dependency>
  </dependencies>
</project>
""")


class DownloadFailed(Exception):
    """Maven could not bring the jars. The message holds what it said."""


def jars(version: str) -> Path:
    """The folder with the jars of that version, fetched if it isn't there yet.

    Raises:
        ToolsMissing: Java or Maven isn't installed.
        DownloadFailed: Maven could not bring them.
    """
    require(JAVA, MAVEN)
    folder = _cache() / "infinispan" / version / "lib"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / "lock").open("w") as lock:
        # Tests that run side by side fetch once.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            _fetch(version, folder)
    return folder


def class_path(version: str) -> str:
    """What to give to `java -cp`. Raises as `jars` does."""
    # Not `java -jar`: the manifest names other versions of the dependencies than Maven resolves.
    return f"{jars(version)}/*"


def _cache() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home, "site-fencing")


def _fetch(version: str, folder: Path) -> None:
    """Fetch into a folder beside it and rename: an interrupted download leaves nothing that looks complete."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
        pom = Path(temporary, "pom.xml")
        pom.write_text(_POM.substitute(version=version))
        target = Path(temporary, "lib")
        _maven(pom, "dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={target}")
        if version.startswith("15."):
            # Until 15.x the log manager that the server is started with lives in a jar of its own.
            loader = f"{_RUNTIME}:{version}:jar:loader"
            _maven(pom, "dependency:copy", f"-Dartifact={loader}", f"-DoutputDirectory={target}")
        target.rename(folder)


def _maven(pom: Path, *arguments: str) -> None:
    command = [path_of(MAVEN), "--quiet", "--batch-mode", "--file", str(pom), *arguments]
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if result.returncode != 0:
        raise DownloadFailed(f"{' '.join(command)}\n{result.stdout}")
