"""House rules for the template, and where it meets the definitions and the functions."""

import re

import pytest

from tests.statemachine.definitions import (
    DEFINITIONS,
    LAMBDA_INVOKE,
    ROOT,
    TEMPLATE,
    every_state,
    resources,
    substitutions_used,
)

FUNCTIONS = resources("AWS::Serverless::Function")
STATE_MACHINES = resources("AWS::Serverless::StateMachine")


def test_substitutions_are_defined_and_used():
    defined = {machine["DefinitionUri"]: set(machine["DefinitionSubstitutions"]) for machine in STATE_MACHINES.values()}
    assert defined == substitutions_used()


def test_every_handler_is_deployed():
    handlers = {f"{path.parent.name}.app.handler" for path in (ROOT / "functions").glob("*/app.py")}
    assert {function["Handler"] for function in FUNCTIONS.values()} == handlers


@every_state(Resource=LAMBDA_INVOKE)
def test_a_function_times_out_before_its_task(state):
    function = state["Arguments"]["FunctionName"].removeprefix("${").removesuffix("Arn}")
    assert FUNCTIONS[function]["Timeout"] < state["TimeoutSeconds"]


@pytest.mark.parametrize("machine", STATE_MACHINES.values(), ids=STATE_MACHINES)
def test_a_state_machine_is_traced_and_logged(machine):
    assert machine["Tracing"] == {"Enabled": True}
    assert machine["Logging"]["Level"] == "ALL"


@pytest.mark.parametrize("parameter", TEMPLATE["Parameters"].values(), ids=TEMPLATE["Parameters"])
def test_a_parameter_is_described_and_bounded(parameter):
    assert parameter["Description"]
    assert {"AllowedPattern", "AllowedValues", "MinValue"} & set(parameter)


def test_every_parameter_is_in_the_form():
    groups = TEMPLATE["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    assert sorted(name for group in groups for name in group["Parameters"]) == sorted(TEMPLATE["Parameters"])


def test_layers_are_built_by_their_makefile():
    for logical_id, resource in TEMPLATE["Resources"].items():
        if resource["Type"] == "AWS::Serverless::LayerVersion":
            assert resource["Metadata"]["BuildMethod"] == "makefile"
            makefile = ROOT / resource["Properties"]["ContentUri"] / "Makefile"
            assert re.search(rf"^build-{logical_id}:", makefile.read_text(encoding="utf-8"), re.MULTILINE)


def test_there_is_something_to_check():
    assert FUNCTIONS
    assert STATE_MACHINES
    assert DEFINITIONS
