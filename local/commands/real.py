"""`python -m real demo` and `python -m real measure`."""

from __future__ import annotations

import signal

if __name__ == "__main__":
    # While modules are imported, Ctrl-C may end the process at once: there is nothing to stop, and no traceback.
    signal.signal(signal.SIGINT, signal.SIG_DFL)

import argparse
import sys
from functools import partial
from pathlib import Path

from local.commands import terminal
from local.commands.demo_real import demo
from local.commands.measure import SETTINGS, NoPlaceForTheTable, measure
from local.processes import ProcessEnded
from local.sam.cli import SamError
from local.sites.real.jars import DownloadFailed
from local.tools import ToolsMissing


def main(command_line: list[str] | None = None) -> int:
    """Run a command; returns its exit status."""
    return terminal.exit_status(partial(_run, _parser().parse_args(command_line)))


def _run(arguments: argparse.Namespace) -> int:
    try:
        if arguments.command == "demo":
            return demo()
        measure(arguments.runs, arguments.settings, json_file=arguments.json, page=arguments.page)
    except (ToolsMissing, DownloadFailed, SamError, NoPlaceForTheTable, ProcessEnded, TimeoutError) as error:
        terminal.complain(str(error))
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m real", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("demo", help="show a split of two real sites")
    measuring = commands.add_parser("measure", help="measure splits, with our settings and the guide's")
    measuring.add_argument("--runs", type=int, default=10, help="how often with each (default: %(default)s)")
    measuring.add_argument("--settings", choices=SETTINGS, nargs="+", default=list(SETTINGS))
    measuring.add_argument("--json", type=Path, default=Path("docs/measurement.json"), help="where the numbers go")
    measuring.add_argument("--page", type=Path, help="a file with markers for the table")
    return parser


if __name__ == "__main__":
    sys.exit(main())
