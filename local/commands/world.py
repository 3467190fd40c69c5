"""`python -m local world ...`: moves and shows the world of the stack that runs."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from local.world import text
from local.world.actions import ACTIONS, TYPES
from local.world.api import STACK_FILE, WorldClient, WorldError


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command `world`, with a sub-command per action and `show`."""
    world = subparsers.add_parser("world", help="move or show the world of the running stack")
    commands = world.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, action in ACTIONS.items():
        command = commands.add_parser(name, help=action.help)
        for parameter in action.parameters:
            command.add_argument(parameter, metavar=parameter.upper(), type=TYPES[parameter])
    show = commands.add_parser("show", help="show accelerators, Infinispans, fence record and executions")
    show.add_argument("--json", action="store_true", help="as JSON")


def run(args: argparse.Namespace, *, stack_file: Path = STACK_FILE) -> int:
    """Runs the parsed command against the stack that `stack_file` describes; returns the exit status."""
    try:
        client = WorldClient(_control_url(stack_file))
        if args.action == "show":
            shown = client.show()
            print(json.dumps(shown, indent=2) if args.json else text.render(shown))
        else:
            arguments = {parameter: getattr(args, parameter) for parameter in ACTIONS[args.action].parameters}
            print(client.perform(args.action, arguments))
    except WorldError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _control_url(stack_file: Path) -> str:
    try:
        description = json.loads(stack_file.read_text())
    except FileNotFoundError as error:
        raise WorldError(f"No stack is running: there is no {stack_file}. `make stack` starts one.") from error
    except ValueError as error:
        raise WorldError(f"{stack_file} is not JSON: {error}") from error
    if not isinstance(description, dict) or "control_url" not in description:
        raise WorldError(f"{stack_file} has no control_url.")
    return str(description["control_url"])
