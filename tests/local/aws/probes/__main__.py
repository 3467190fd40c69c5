"""Prints what every probe sees in plain moto, as one line of JSON by the probes' names.

Run in a process of its own, since repairs can't be undone.
"""

import json
import sys

from tests.local.aws.probes import (
    expressions,
    integrations,
    refusals,
    services,
    stack_functions,
    stacks,
    state_machines,
    surroundings,
    templates,
)
from tests.local.aws.probes.probe import account

PROBES = (
    *state_machines.PROBES,
    *refusals.PROBES,
    *expressions.PROBES,
    *integrations.PROBES,
    *stacks.PROBES,
    *stack_functions.PROBES,
    *templates.PROBES,
    *surroundings.PROBES,
    *services.PROBES,
)

if __name__ == "__main__":
    with account():
        sys.stdout.write(json.dumps({probe.name: probe.observe() for probe in PROBES}))
