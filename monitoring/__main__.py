"""`python -m monitoring` writes the plain files of both clusters: monitoring/site-a and monitoring/site-b."""

from __future__ import annotations

import sys
from pathlib import Path

from monitoring.kustomize import RenderingFailed
from monitoring.plain import NotTranslated, write
from real.tools import ToolsMissing

SITES = ("site-a", "site-b")


def main() -> None:
    try:
        for site in SITES:
            for path in write(Path(__file__).parent / site, site):
                sys.stdout.write(f"{path}\n")
    except (ToolsMissing, RenderingFailed, NotTranslated) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
