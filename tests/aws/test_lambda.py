"""What the functions take for granted of Lambda: its Python, its clocks, what becomes of a function that fails."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from local.functions_python import LAMBDA_VERSION
from tests.aws.machines import Machines
from tests.aws.surroundings.deployed import Surroundings

pytestmark = pytest.mark.aws

IDLE_SECONDS = 30.0


@pytest.fixture
def invoke(surroundings: Surroundings) -> Callable[..., Any]:
    """Let the probe do something: what it answers."""
    client = surroundings.account.client("lambda")

    def invoked(do: str, what: Any = None) -> Any:
        payload = json.dumps({"do": do, "with": what})
        answer = client.invoke(FunctionName=surroundings.outputs["ProbeArn"], Payload=payload)
        assert "FunctionError" not in answer, answer["Payload"].read()
        return json.loads(answer["Payload"].read())

    return invoked


def test_the_runtime_is_the_one_that_the_functions_are_tested_on(invoke: Callable[..., Any]):
    told = invoke("tell runtime")
    assert told["python"].startswith(f"{LAMBDA_VERSION}.")
    assert told["strict"], "ssl.create_default_context() is no stricter than before Python 3.13"
    assert told["removes endpoints"], "the runtime's boto3 knows no RemoveEndpoints"


def test_the_wall_clock_goes_on_while_a_process_is_frozen(invoke: Callable[..., Any]):
    """The monotonic one may stand still, so the age of a secret is measured by the other one."""
    before = invoke("tell clocks")
    time.sleep(IDLE_SECONDS)
    after = invoke("tell clocks")
    assert after["started"] == before["started"], "another process has answered: run the test again"
    passed = {clock: after[clock] - before[clock] for clock in ("wall", "monotonic")}
    print(f"in {IDLE_SECONDS:.0f} s: {passed}")
    assert passed["wall"] >= IDLE_SECONDS


@pytest.mark.parametrize(
    ("event", "error"),
    [
        ({"do": "raise", "with": {"name": "AcceleratorUnavailable", "message": "no"}}, "AcceleratorUnavailable"),
        ({"do": "sleep", "with": 20}, "Sandbox.Timedout"),
        ({"do": "exit", "with": 1}, "Runtime.ExitError"),
        pytest.param(
            *({"do": "fill memory", "with": 200}, "Runtime.OutOfMemory"),
            marks=pytest.mark.only_on_aws("the local AWS doesn't limit memory"),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_definition_knows_the_names_of_a_functions_errors(machines: Machines, event: Any, error: str):
    """A raised class has its own name, which Retry and Catch of the definition list."""
    ended = machines.run({"Invoke": machines.invoking(event, End=True)})
    assert ended["error"] == error
