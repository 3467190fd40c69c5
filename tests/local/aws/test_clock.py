"""The account's time moves on by the pauses that are skipped, for each execution by its own."""

import threading
import time
from typing import Any

import pytest

from local.aws import clock
from local.aws.in_process import InProcessAws, in_process_aws
from tests.local.aws.conftest import Lambdas, Machines
from tests.local.aws.test_state_machines import task


def skipped() -> int:
    """How far the clock is ahead of the machine's, in seconds."""
    return round(clock.now() - time.time())


def look(_event: Any, _context: Any) -> int:
    return skipped()


def test_an_execution_s_pauses_move_its_clock(lambdas: Lambdas, machines: Machines):
    lambdas["look"] = look
    wait = {"Type": "Wait", "Seconds": 90, "Next": "Look"}
    assert machines.run({"Wait": wait, "Look": task("look")})["output"] == 90
    assert skipped() == 90
    assert machines.run({"Look": task("look")})["output"] == 90, "what comes later is later"


def test_what_a_handler_sleeps_is_its_execution_s(lambdas: Lambdas, machines: Machines):
    lambdas["sleep"] = lambda _event, _context: clock.skip(7)
    lambdas["look"] = look
    assert machines.run({"Sleep": task("sleep", Next="Look"), "Look": task("look")})["output"] == 7


def test_executions_wait_side_by_side(lambdas: Lambdas, machines: Machines, aws: InProcessAws):
    both = threading.Barrier(2)
    lambdas["meet"] = lambda event, _context: [both.wait(10), event][1]
    lambdas["look"] = look
    states = {
        "Wait": {"Type": "Wait", "Seconds": "{% $states.input.n %}", "Next": "Meet"},
        "Meet": task("meet", Next="Look"),
        "Look": task("look"),
    }
    arn = machines.make(states)
    inputs = ('{"n": 90}', '{"n": 60}')
    started = [machines.client.start_execution(stateMachineArn=arn, input=given) for given in inputs]
    ended = [aws.wait_for_execution(execution["executionArn"])["output"] for execution in started]
    assert ended == ["90", "60"]
    assert skipped() == 90


def test_the_machine_s_time_is_back_with_the_next_account():
    for _ in range(2):
        with in_process_aws({}):
            assert skipped() == 0
            clock.skip(60)
            assert skipped() == 60
    assert skipped() == 0


@pytest.mark.parametrize("seconds", [0.0, 1.5])
def test_the_aware_time_is_the_same(seconds: float):
    clock.skip(seconds)
    assert abs(clock.utc_now().timestamp() - clock.now()) < 1
    clock.reset()
