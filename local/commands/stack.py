"""`python -m local stack`: the embedded stack in the foreground, until Ctrl-C or SIGTERM."""

from __future__ import annotations

import threading
from pathlib import Path

from local.commands import terminal
from local.commands.terminal import say
from local.commands.world import command
from local.scenarios.alertmanager import CAPTURED_BODIES
from local.stack.embedded import EmbeddedStack
from local.stack.file import published, running_stack
from local.world.api import STACK_FILE


def run(port: int, directory: Path) -> int:
    """Start it, say where it is, and wait for the end; returns the exit status. `directory` gets logs and stack.json.

    Raises:
        SamError, RuntimeError: the stack can't be started.
        KeyboardInterrupt: it was told to end before it had started.
    """
    stack_file = directory / STACK_FILE.name
    if endpoint := running_stack(stack_file):
        terminal.complain(f"A stack runs already, at {endpoint}; a second one needs a --directory of its own.")
        return 1
    with (
        EmbeddedStack(port=port, directory=directory, progress=terminal.phase) as stack,
        published(stack, stack_file) as described,
    ):
        sample = (CAPTURED_BODIES / "01-firing-single.am-0.28.1.json").relative_to(CAPTURED_BODIES.parents[1])
        world = command(stack_file)
        say(
            f"""
The stack runs. Everything that is needed to use it is in
{stack_file}.

  webhook  {stack.webhook_url}
  AWS      aws --endpoint-url {stack.endpoint_url} --region {described["region"]} ...
  logs     {stack.logs}

In a second terminal:

  {world} cut
  curl -i -u {described["username"]}:{described["password"]} \\
       -H 'Content-Type: application/json' \\
       -d @{sample} \\
       {stack.webhook_url}
  {world} show

Ctrl-C ends it."""
        )
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            say("\nStopping.")
    return 0
