"""Runs a function on a sample event, in a container that talks to a stack deployed for it: `make invoke EVENT=...`."""

from __future__ import annotations

import signal

if __name__ == "__main__":
    # While modules are imported, Ctrl-C may end the process at once: there is nothing to stop, and no traceback.
    signal.signal(signal.SIGINT, signal.SIG_DFL)

import json
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from local.commands import terminal
from local.commands.terminal import say
from local.suggestion import did_you_mean

if TYPE_CHECKING:
    from local.stack.sam_local.environment import ContainerEnvironment
    from local.stack.sam_local.samples import Sample

PROJECT = Path(__file__).resolve().parents[2]
FUNCTIONS = PROJECT / "functions"
USAGE = "make invoke EVENT=events/claim_fence/good.json"


def main(arguments: Sequence[str] | None = None) -> int:
    """Invoke with each of these events, `sys.argv`'s by default; returns the exit status."""
    events = [Path(argument) for argument in (sys.argv[1:] if arguments is None else arguments)]
    return terminal.exit_status(partial(_checked, events))


def _checked(events: Sequence[Path]) -> int:
    complaints = [complaint for event in events if (complaint := _complaint(event))]
    if not events:
        complaints = [f"Which event? {USAGE}"]
    if complaints:
        for complaint in complaints:
            terminal.complain(complaint)
        terminal.complain("\nThere are:\n" + "\n".join(f"  {event}" for event in _samples()))
        return 2
    try:
        _invoke([event.resolve() for event in events])
    except RuntimeError as error:  # no container runtime, or sam failed
        terminal.complain(str(error))
        return 1
    return 0


def _complaint(event: Path) -> str:
    if not event.is_file():
        return " ".join(filter(None, [f"There is no {event}.", did_you_mean(str(event), _samples())]))
    name = event.resolve().parent.name
    if not (FUNCTIONS / name / "app.py").is_file():
        return f"{event} is for no function: its directory should have a function's name, not {name!r}."
    return ""


def _samples() -> list[str]:
    """The sample events, as they are named on the command line."""
    found = [
        path
        for function in FUNCTIONS.glob("*/app.py")
        for path in PROJECT.glob(f"events/{function.parent.name}/*.json")
    ]
    return sorted(str(path.relative_to(PROJECT)) for path in found)


def _invoke(events: Sequence[Path]) -> None:
    with terminal.phase("Loading local AWS"):
        from local.sam.containers.runtime import container_runtime  # noqa: PLC0415  (all of moto takes seconds)
        from local.stack.sam_local.environment import container_environment  # noqa: PLC0415
        from local.stack.sam_local.recording import EVENTS  # noqa: PLC0415
        from local.stack.sam_local.samples import SAMPLES, Sample, all_is_well  # noqa: PLC0415

    known = {(EVENTS / sample.event).resolve(): sample for sample in SAMPLES}
    with (
        container_runtime() as runtime,
        tempfile.TemporaryDirectory() as directory,
        container_environment(runtime, Path(directory), progress=terminal.phase) as ready,
    ):
        for event in events:
            _tell(ready, known.get(event) or Sample(str(event), "all is well", all_is_well, {}))


def _tell(ready: ContainerEnvironment, sample: Sample) -> None:
    from local.stack.sam_local.invocation import invoke  # noqa: PLC0415

    with terminal.phase(f"sam local invoke, {Path(sample.event).name}"):
        invoked = invoke(ready, sample)
    say(f"\nGiven:  {sample.given}")
    say(f"Answer: {json.dumps(invoked.answer, indent=2)}")
    changed = {name: value for name, value in invoked.after.items() if value != invoked.before[name]}
    say(f"Changed by it: {json.dumps(changed, indent=2) if changed else 'nothing'}")


if __name__ == "__main__":
    sys.exit(main())
