"""Runs a function on a sample event, in a container that talks to a stack deployed for it: `make invoke EVENT=...`."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from local.sam.containers.runtime import NoContainerRuntimeError, container_runtime
from local.stack.sam_local.environment import ContainerEnvironment, container_environment
from local.stack.sam_local.invocation import invoke
from local.stack.sam_local.recording import EVENTS
from local.stack.sam_local.samples import SAMPLES, Sample, all_is_well


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.sam.invoke", description=__doc__)
    parser.add_argument("event", type=Path, nargs="+", help="a file in a directory that is named after a function")
    events = [event.resolve() for event in parser.parse_args().event]
    missing = [str(event) for event in events if not event.is_file()]
    if missing:
        parser.error(f"there is no {', '.join(missing)}")
    known = {(EVENTS / sample.event).resolve(): sample for sample in SAMPLES}
    try:
        with container_runtime() as runtime, tempfile.TemporaryDirectory() as directory:
            print("Building and deploying ...", file=sys.stderr)
            with container_environment(runtime, Path(directory)) as ready:
                for event in events:
                    tell(ready, known.get(event) or Sample(str(event), "all is well", all_is_well, {}))
    except NoContainerRuntimeError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def tell(ready: ContainerEnvironment, sample: Sample) -> None:
    invoked = invoke(ready, sample)
    print(f"Given:  {sample.given}")
    print(f"Answer: {json.dumps(invoked.answer, indent=2)}")
    changed = {name: value for name, value in invoked.after.items() if value != invoked.before[name]}
    print(f"Changed by it: {json.dumps(changed, indent=2) if changed else 'nothing'}")


if __name__ == "__main__":
    sys.exit(main())
