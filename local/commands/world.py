"""`python -m local world ...`: moves and shows the world of the stack that runs."""

from __future__ import annotations

import argparse
import json
import shlex
from pathlib import Path
from typing import Any

from local.commands import terminal
from local.commands.terminal import say
from local.world import text
from local.world.actions import ACTIONS, TYPES
from local.world.api import STACK_FILE, NothingAnswers, WorldClient, WorldError

PROJECT = STACK_FILE.parents[1]
NO_STACK = "No stack is running, `make stack` starts one"


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command `world`, with a sub-command per action and `show`."""
    world = subparsers.add_parser("world", help="move or show the world of the running stack")
    world.add_argument(
        "--stack", type=Path, default=STACK_FILE, help="the stack's file, or its directory; default: %(default)s"
    )
    commands = world.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, action in ACTIONS.items():
        command = commands.add_parser(name, help=action.help)
        for parameter in action.parameters:
            given: dict[str, Any] = {"metavar": parameter.upper(), "type": TYPES[parameter]}
            if parameter in action.defaults:
                given |= {"nargs": "?", "default": action.defaults[parameter]}
            command.add_argument(parameter, **given)
    show = commands.add_parser("show", help="show accelerators, Infinispans, fence record and executions")
    show.add_argument("--json", action="store_true", help="as JSON")


def run(args: argparse.Namespace) -> int:
    """Runs the parsed command against the stack that it is for; returns the exit status."""
    try:
        client = WorldClient(_control_url(args.stack))
        if args.action == "show":
            shown = client.show()
            say(json.dumps(shown, indent=2) if args.json else text.render(shown, terminal.width()))
        else:
            arguments = {parameter: getattr(args, parameter) for parameter in ACTIONS[args.action].parameters}
            say(terminal.hanging("", client.perform(args.action, arguments)))
    except NothingAnswers:
        terminal.complain(f"{NO_STACK}: nothing answers where {args.stack} says that it is.")
        return 1
    except WorldError as error:
        terminal.complain(str(error))
        return 1
    return 0


def command(stack_file: Path) -> str:
    """What to type in front of an action, in the project's directory, in order to move the world of that stack."""
    python = ".venv/bin/python -m local world"
    path = stack_file.resolve()
    if path == STACK_FILE:
        return python
    return f"{python} --stack {shlex.quote(str(path.relative_to(PROJECT) if PROJECT in path.parents else path))}"


def _control_url(stack: Path) -> str:
    stack_file = stack / STACK_FILE.name if stack.is_dir() else stack
    try:
        description = json.loads(stack_file.read_text())
    except FileNotFoundError as error:
        raise WorldError(f"{NO_STACK}: there is no {stack_file}.") from error
    except ValueError as error:
        raise WorldError(f"{stack_file} is not JSON: {error}") from error
    if not isinstance(description, dict) or "control_url" not in description:
        raise WorldError(f"{stack_file} has no control_url.")
    return str(description["control_url"])
