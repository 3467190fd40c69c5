"""Defects of moto's state machine interpreter."""

import contextlib
import json
import threading
import time
from collections import Counter
from typing import Any

import boto3
from jsonata import Jsonata
from moto.stepfunctions.models import StateMachine
from moto.stepfunctions.parser.asl.antlr.runtime.ASLParser import ASLParser
from moto.stepfunctions.parser.asl.jsonata import jsonata as moto_jsonata
from moto.stepfunctions.parser.backend.execution import Execution

from tests.local.aws.probes.probe import Probes, new_name, pause, replaced, role

PROBES = Probes()


def machine(states: dict[str, Any], language: str = "JSONata", **more: Any) -> str:
    """The ARN of a new state machine that starts with the first of `states`."""
    definition = {"QueryLanguage": language, "StartAt": next(iter(states)), "States": states, **more}
    client = boto3.client("stepfunctions")
    made = client.create_state_machine(name=new_name("m"), definition=json.dumps(definition), roleArn=role())
    return made["stateMachineArn"]


def run(states: dict[str, Any], execution_input: Any = None, **more: Any) -> dict[str, Any]:
    """DescribeExecution's answer, once the execution has ended."""
    client = boto3.client("stepfunctions")
    arn = machine(states, **more)
    execution = client.start_execution(stateMachineArn=arn, name="e", input=json.dumps(execution_input or {}))
    return ended(execution["executionArn"])


def ended(execution_arn: str) -> dict[str, Any]:
    client = boto3.client("stepfunctions")
    while (described := client.describe_execution(executionArn=execution_arn))["status"] == "RUNNING":
        pause(0.5)
    return dict(described)


def evaluator_of_a_user():
    """What a user of plain moto could plug in: then the other defects of its JSONata show."""
    return replaced(moto_jsonata, "_eval_jsonata", lambda expression: Jsonata(expression).evaluate(None))


@PROBES.add(plain="FAILED", repaired="SUCCEEDED")
def evaluates_jsonata() -> Any:
    return run({"Pass": {"Type": "Pass", "Output": "{% 1 + 1 %}", "End": True}})["status"]


@PROBES.add(plain="FAILED", repaired='"a \\"b\\""')
def binds_variables_with_quotes() -> Any:
    states = {
        "Assign": {"Type": "Pass", "Assign": {"text": "{% $states.input.text %}"}, "Next": "Read"},
        "Read": {"Type": "Pass", "Output": "{% $text %}", "End": True},
    }
    with evaluator_of_a_user():
        described = run(states, {"text": 'a "b"'})
    return described.get("output", described["status"])


@PROBES.add(plain='Say \\"hello\\"', repaired='Say "hello"')
def reads_escapes_in_names_and_assigned_text() -> Any:
    execution = run({'Say "hello"': {"Type": "Succeed"}})["executionArn"]
    history = boto3.client("stepfunctions").get_execution_history(executionArn=execution)["events"]
    return history[1]["stateEnteredEventDetails"]["name"]


@PROBES.add(plain='{"seen":"new"}', repaired='{"seen":"old"}')
def lets_output_see_what_the_same_state_assigns() -> Any:
    states = {
        "Before": {"Type": "Pass", "Assign": {"value": "old"}, "Next": "Both"},
        "Both": {"Type": "Pass", "Assign": {"value": "new"}, "Output": {"seen": "{% $value %}"}, "End": True},
    }
    with evaluator_of_a_user():
        return run(states)["output"].replace(" ", "")


@PROBES.add(plain="States.Runtime", repaired="States.QueryEvaluationError")
def names_the_error_of_an_expression() -> Any:
    with evaluator_of_a_user():
        return run({"Pass": {"Type": "Pass", "Output": "{% $number('x') %}", "End": True}})["error"]


@PROBES.add(plain="raises TypeError", repaired="SUCCEEDED")
def gives_the_start_time_as_text() -> Any:
    states = {"Pass": {"Type": "Pass", "Parameters": {"at.$": "$$.Execution.StartTime"}, "End": True}}
    return run(states, language="JSONPath")["status"]


@PROBES.add(plain="None", repaired="a name")
def names_an_execution_without_a_name() -> Any:
    arn = machine({"Succeed": {"Type": "Succeed"}})
    execution = boto3.client("stepfunctions").start_execution(stateMachineArn=arn)["executionArn"]
    name = execution.rpartition(":")[2]
    return name if name == "None" else "a name"


@PROBES.add(plain="States.Runtime", repaired="States.NoChoiceMatched")
def names_the_error_of_a_choice_without_a_match() -> Any:
    choice = {"Variable": "$.x", "IsPresent": True, "Next": "Succeed"}
    states = {"Choose": {"Type": "Choice", "Choices": [choice]}, "Succeed": {"Type": "Succeed"}}
    return run(states, language="JSONPath")["error"]


@PROBES.add(plain="text", repaired='"text"')
def quotes_output_that_is_text() -> Any:
    return run({"Pass": {"Type": "Pass", "Result": "text", "End": True}}, language="JSONPath")["output"]


@PROBES.add(plain=[False, False], repaired=[True, True])
def says_when_an_execution_timed_out() -> Any:
    described = run({"Wait": {"Type": "Wait", "Seconds": 2, "End": True}}, TimeoutSeconds=1)
    pause(5.0)
    listed = boto3.client("stepfunctions").list_executions(stateMachineArn=described["stateMachineArn"])["executions"]
    return ["stopDate" in described, "stopDate" in listed[0]]


@PROBES.add(plain=[6, "ExecutionStarted"], repaired=[2, "ExecutionSucceeded"])
def pages_through_the_history() -> Any:
    states = {"First": {"Type": "Pass", "Next": "Last"}, "Last": {"Type": "Succeed"}}
    execution = run(states, language="JSONPath")["executionArn"]
    client = boto3.client("stepfunctions")
    history = client.get_execution_history(executionArn=execution, maxResults=2, reverseOrder=True)["events"]
    return [len(history), history[0]["type"]]


@PROBES.add(plain=2, repaired=1)
def starts_one_execution_for_simultaneous_calls() -> Any:
    """Both calls look for an execution of that name before either adds one: here always, otherwise now and then.

    Unless the repair lets only one of them look: it waits for the other one in vain.
    """
    arn = machine({"Wait": {"Type": "Wait", "Seconds": 1, "End": True}}, language="JSONPath")
    look = StateMachine._handle_name_input_idempotency
    both_have_looked = threading.Barrier(2)

    def look_together(self: StateMachine, name: str, execution_input: str) -> Any:
        found = look(self, name, execution_input)
        with contextlib.suppress(threading.BrokenBarrierError):
            both_have_looked.wait(timeout=3.0)
        return found

    client = boto3.client("stepfunctions")
    with replaced(StateMachine, "_handle_name_input_idempotency", look_together):
        arguments = {"stateMachineArn": arn, "name": "same", "input": "{}"}
        starters = [threading.Thread(target=client.start_execution, kwargs=arguments) for _ in range(2)]
        for starter in starters:
            starter.start()
        for starter in starters:
            starter.join()
    pause(5.0)
    return len(client.list_executions(stateMachineArn=arn)["executions"])


@PROBES.add(plain=False, repaired=True, only_in_moto="the moment between two of its assignments")
def has_the_output_before_it_says_succeeded() -> Any:
    had_output: list[bool] = []

    def set_status(self: Execution, status: Any) -> None:
        if status is not None and status.value == "SUCCEEDED":
            had_output.append(self.output is not None)
        self.__dict__["exec_status"] = status

    observed = property(lambda self: self.__dict__["exec_status"], set_status)
    setattr(Execution, "exec_status", observed)  # noqa: B010
    try:
        run({"Pass": {"Type": "Pass", "Result": {"a": 1}, "End": True}}, language="JSONPath")
    finally:
        delattr(Execution, "exec_status")
    return had_output[0]


@PROBES.add(plain=3, repaired=1, only_in_moto="how often it parses")
def parses_a_definition_for_every_execution() -> Any:
    """Once when it is created, then for each execution."""
    counted = Counter[str]()
    parse = ASLParser.state_machine

    def count(self: ASLParser) -> Any:
        counted["parsed"] += 1
        return parse(self)

    with replaced(ASLParser, "state_machine", count):
        arn = machine({"Pass": {"Type": "Pass", "Comment": f"{time.time()}", "End": True}}, language="JSONPath")
        client = boto3.client("stepfunctions")
        for name in ("one", "two"):
            ended(client.start_execution(stateMachineArn=arn, name=name, input="{}")["executionArn"])
    return counted["parsed"]
