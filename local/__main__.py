"""`python -m local`: the embedded stack, the demo on it, and the switches of its world."""

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
from local.commands import world as world_command
from local.scenarios.reading import ScenarioError
from local.world.api import STACK_FILE

LOADING = "Loading local AWS"


def main(arguments: list[str] | None = None) -> int:
    """Run a command; returns its exit status."""
    args = _parser().parse_args(arguments)
    return terminal.exit_status(partial(_run, args))


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


def _run(args: argparse.Namespace) -> int:
    try:
        match args.command:
            case "world":
                return world_command.run(args)
            case "stack":
                return _stack(args.port, args.directory)
            case "demo":
                return _demo(args.scenario)
            case _:
                return _list_scenarios()
    except BrokenPipeError:
        raise
    except (RuntimeError, OSError, ScenarioError) as error:  # SamError and TimeoutError are among them
        terminal.complain(str(error))
        return 1


# What a command needs is imported when it is known: all of moto takes seconds.


def _list_scenarios() -> int:
    from local.commands import scenarios  # noqa: PLC0415

    return scenarios.run()


def _demo(name: str) -> int:
    from local.commands import scenarios  # noqa: PLC0415

    scenario = scenarios.announced(name)
    with terminal.phase(LOADING):
        from local.commands import demo  # noqa: PLC0415
    return demo.run(scenario)


def _stack(port: int, directory: Path) -> int:
    with terminal.phase(LOADING):
        from local.commands import stack as stack_command  # noqa: PLC0415
    return stack_command.run(port, directory)


if __name__ == "__main__":
    sys.exit(main())
