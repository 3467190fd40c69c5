"""What the definition sends to each step: recorded from an execution in the default world, in this process.

`PYTHONPATH=.:functions python -m local.stack.sam_local.recording` writes the steps' good events anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from moto.awslambda.models import LambdaBackend
from moto.moto_api._internal import mock_random

from local import aws
from local.aws import InvocationResult, Invoker
from local.processes import wait_until
from local.stack.in_process import InProcessEnvironment
from local.world import World, WorldPlan

EVENTS = Path(__file__).resolve().parents[3] / "events"
STEPS = ("resolve_accelerator", "check_reporter", "claim_fence", "update_endpoint_group", "take_site_offline")
# The identifiers that AWS makes up are the same in every run with this: the sample events name them.
IDENTIFIERS = 7
END_SECONDS = 30.0


def seed_with_known_identifiers(world: World) -> None:
    """Seeds a world, in this process's moto, whose ARNs are those of the sample events."""
    # The machine images that moto makes with the load balancers take identifiers too.
    with patch.dict(os.environ, {"MOTO_EC2_LOAD_DEFAULT_AMIS": "true"}):
        mock_random.seed(IDENTIFIERS)
        world.seed()
        mock_random.seed(None)


def record_step_events(alert: dict[str, str], name: str) -> dict[str, dict[str, Any]]:
    """Lets the definition run over the real handlers, site-b being gone; returns each step's first event by step."""
    with InProcessEnvironment(WorldPlan(), {}, seed=seed_with_known_identifiers) as environment:
        environment.world.kill("site-b")
        functions = environment.deployment.functions.values()
        steps = {function.name: function.handler.partition(".")[0] for function in functions}
        step_functions = environment.client("stepfunctions")
        recorder = aws.wrap_invoker(partial(_Recorder, steps))
        arn = step_functions.start_execution(
            stateMachineArn=environment.state_machine_arn, name=name, input=json.dumps({"alert": alert})
        )["executionArn"]
        wait_until(
            "the execution has succeeded",
            lambda: step_functions.describe_execution(executionArn=arn)["status"] == "SUCCEEDED",
            seconds=END_SECONDS,
        )
    return recorder.events


class _Recorder:
    """An Invoker around another one. `steps`: the name of a function -> that of its folder."""

    def __init__(self, steps: Mapping[str, str], inner: Invoker) -> None:
        self._steps = steps
        self._inner = inner
        self.events: dict[str, dict[str, Any]] = {}

    def invoke(
        self, backend: LambdaBackend, function_name: str, qualifier: str | None, payload: bytes
    ) -> InvocationResult:
        """See `local.aws.lambda_invocation.Invoker`."""
        self.events.setdefault(self._steps[function_name.rpartition(":")[2]], json.loads(payload))
        return self._inner.invoke(backend, function_name, qualifier, payload)


def main() -> None:
    """Writes events/*/good.json anew, for the alert and the execution that they are for now."""
    good = json.loads((EVENTS / "resolve_accelerator" / "good.json").read_text())
    for step, event in record_step_events(good["alert"], good["execution"]).items():
        (EVENTS / step / "good.json").write_text(json.dumps(event, indent=2) + "\n")


if __name__ == "__main__":
    main()
