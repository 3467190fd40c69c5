"""Limits of Step Functions that take long to reach, with smaller numbers."""

from typing import Any

import pytest

from local.aws.stepfunctions import limits
from tests.local.aws.conftest import Machines

FITS = {"Type": "Pass", "Output": "fits", "End": True}


def test_all_variables_of_an_execution_have_a_limit(machines: Machines, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(limits, "MAX_VARIABLES_BYTES", 30)
    states: dict[str, Any] = {
        "First": {"Type": "Pass", "Assign": {"a": "x" * 12}, "Next": "Again"},
        "Again": {"Type": "Pass", "Assign": {"a": "y" * 12}, "Next": "Second"},
        "Second": {"Type": "Pass", "Assign": {"b": "x" * 14}, "Next": "Third"},
        "Third": {"Type": "Pass", "Assign": {"c": 1}, "Next": "Fits"},
        "Fits": FITS,
    }
    described = machines.run(states)
    assert described["error"] == "States.DataLimitExceeded"
    assert described["cause"].startswith("The variables assigned by the state/task 'Third' have a size exceeding")


def test_an_execution_ends_with_the_last_event_that_fits(machines: Machines, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(limits, "MAX_EVENTS", 20)
    turn = {"Type": "Pass", "Next": "Turn again"}
    described = machines.run({"Turn": turn, "Turn again": {"Type": "Pass", "Next": "Turn"}})
    assert (described["error"], described["cause"]) == (
        "States.Runtime",
        "The execution reached the maximum number of history events (20).",
    )
    history = machines.client.get_execution_history(executionArn=described["executionArn"])["events"]
    assert (len(history), history[-1]["type"]) == (20, "ExecutionFailed")
