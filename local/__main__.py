"""`python -m local`: the embedded stack, the demo on it, and the switches of its world."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from local.commands import terminal
from local.commands import world as world_command
from local.world.api import STACK_FILE

INTERRUPTED = 130


def main(arguments: list[str] | None = None) -> int:
    """Run a command; returns its exit status."""
    args = _parser().parse_args(arguments)
    try:
        if args.command == "world":
            return world_command.run(args)
        return _list_scenarios() if args.command == "scenarios" else _run(args)
    except BrokenPipeError:  # whoever read our output, `head` for instance, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local", description="Site Fencing without an AWS account.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    demo = commands.add_parser("demo", help="play a scenario on the embedded stack")
    demo.add_argument("scenario", nargs="?", default="split-brain", metavar="SCENARIO", help="default: %(default)s")
    commands.add_parser("scenarios", help="list the scenarios")
    stack = commands.add_parser("stack", help="run the embedded stack until Ctrl-C")
    stack.add_argument("--port", type=int, default=0, help="of the AWS endpoint; default: a free one")
    stack.add_argument(
        "--directory",
        type=Path,
        default=STACK_FILE.parent,
        help="gets stack.json and the logs; default: %(default)s",
    )
    world_command.add_parser(commands)
    return parser


def _list_scenarios() -> int:
    from local.scenarios import reading  # noqa: PLC0415  (the other commands shouldn't wait for it)

    names = reading.names()
    widest = max(map(len, names))
    for name in names:
        terminal.say(terminal.hanging(f"{name:{widest}}  ", reading.load(name).title))
    return 0


def _run(args: argparse.Namespace) -> int:
    from local.commands import demo  # noqa: PLC0415  (they import all of moto)
    from local.commands import stack as stack_command  # noqa: PLC0415
    from local.sam.cli import SamError  # noqa: PLC0415
    from local.scenarios.reading import ScenarioError  # noqa: PLC0415

    try:
        with terminal.interrupted_once():
            return demo.run(args.scenario) if args.command == "demo" else stack_command.run(args.port, args.directory)
    except KeyboardInterrupt:
        return INTERRUPTED
    except (SamError, ScenarioError, TimeoutError, RuntimeError, OSError) as error:
        terminal.complain(f"\n{error}")
        return 1


if __name__ == "__main__":
    sys.exit(main())
