"""`python -m local.commands.plain_monitoring` writes cluster/plain/: the plain files of both clusters."""

from __future__ import annotations

import sys

from local.monitoring.kustomize import RenderingFailed
from local.monitoring.plain import PLAIN, NotTranslated, write
from local.tools import ToolsMissing

SITES = ("site-a", "site-b")


def main() -> None:
    try:
        for site in SITES:
            for path in write(PLAIN / site, site):
                sys.stdout.write(f"{path}\n")
    except (ToolsMissing, RenderingFailed, NotTranslated) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
