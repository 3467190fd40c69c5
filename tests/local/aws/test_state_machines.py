"""State machines in JSONata run as Step Functions runs them: what the application's definition relies on."""

import json
import threading
import time
from typing import Any

import boto3
import pytest
from moto.sns.models import sns_backends

from local.aws.in_process import InProcessAws
from local.aws.stepfunctions.pauses import Pause
from tests.local.aws.conftest import Lambdas, Machines

FUNCTION = "arn:aws:lambda:us-west-2:123456789012:function:{}"


class Transient(Exception):
    """A handler's own error."""


def task(function: str, **more: Any) -> dict[str, Any]:
    """A task that hands its input to `function` and takes its payload, and ends the execution unless told otherwise."""
    arguments = {"FunctionName": FUNCTION.format(function), "Payload": "{% $states.input %}"}
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": arguments,
        "Output": "{% $states.result.Payload %}",
        **more,
    }
    return state if "Next" in more else {**state, "End": True}


def test_a_task_hands_on_arguments_output_and_assigned_variables(lambdas: Lambdas, machines: Machines):
    lambdas["double"] = lambda event, _context: {"doubled": event["n"] * 2}
    described = machines.run(
        {
            "Double": task("double", Assign={"doubled": "{% $states.result.Payload.doubled %}"}, Next="Report"),
            "Report": {
                "Type": "Pass",
                "Output": {
                    "input": "{% $states.input %}",
                    "variable": "{% $doubled %}",
                    "execution": "{% $states.context.Execution.Name %}",
                    "literal": 'with "quotes"',
                    "nested": [{"sum": "{% $doubled + 1 %}"}],
                },
                "End": True,
            },
        },
        {"n": 4},
    )
    assert described["output"] == {
        "input": {"doubled": 8},
        "variable": 8,
        "execution": described["name"],
        "literal": 'with "quotes"',
        "nested": [{"sum": 9}],
    }


def test_the_context_says_when_and_what_runs(machines: Machines):
    context = machines.run({"Look": {"Type": "Pass", "Output": "{% $states.context %}", "End": True}})["output"]
    assert context["Execution"]["StartTime"].endswith("Z")
    assert context["State"]["Name"] == "Look"
    assert context["StateMachine"]["Name"] == "machine-0"


def test_messages_and_events_are_published(machines: Machines):
    topic = boto3.client("sns").create_topic(Name="topic")["TopicArn"]
    queue = boto3.client("sqs").create_queue(QueueName="queue")["QueueUrl"]
    events = boto3.client("events")
    events.put_rule(Name="all", EventPattern=json.dumps({"source": ["site-fencing"]}))
    events.put_targets(Rule="all", Targets=[{"Id": "queue", "Arn": "arn:aws:sqs:us-west-2:123456789012:queue"}])
    entry = {"Source": "site-fencing", "DetailType": "Outcome", "Detail": {"sentence": "{% $states.input.text %}"}}
    described = machines.run(
        {
            "Tell": {
                "Type": "Task",
                "Resource": "arn:aws:states:::sns:publish",
                "Arguments": {"TopicArn": topic, "Subject": "Fenced", "Message": "{% $states.input.text & '\n.' %}"},
                "Output": "{% $states.input %}",
                "Next": "Publish",
            },
            "Publish": {
                "Type": "Task",
                "Resource": "arn:aws:states:::events:putEvents",
                "Arguments": {"Entries": [entry]},
                "Output": "{% $states.result.FailedEntryCount %}",
                "End": True,
            },
        },
        {"text": 'it is "done"'},
    )
    assert described["output"] == 0
    sent = sns_backends["123456789012"]["us-west-2"].topics[topic].sent_notifications
    assert [(notification[2], notification[1]) for notification in sent] == [("Fenced", 'it is "done"\n.')]
    messages = boto3.client("sqs").receive_message(QueueUrl=queue)["Messages"]
    assert json.loads(messages[0]["Body"])["detail"] == {"sentence": 'it is "done"'}


def test_a_catch_sees_the_error_and_keeps_the_input(lambdas: Lambdas, machines: Machines):
    def refuse(_event: Any, _context: Any) -> None:
        raise Transient("not now")

    lambdas["refuse"] = refuse
    catch = {
        "ErrorEquals": ["Transient"],
        "Assign": {"error": "{% $states.errorOutput.Error %}"},
        "Output": {
            "message": "{% $parse($states.errorOutput.Cause).errorMessage %}",
            "input": "{% $states.input %}",
        },
        "Next": "Fail",
    }
    fail = {"Type": "Fail", "Error": "{% $error %}", "Cause": "{% $states.input.message & $states.input.input.x %}"}
    described = machines.run({"Try": task("refuse", Catch=[catch]), "Fail": fail}, {"x": "!"})
    assert (described["status"], described["error"], described["cause"]) == ("FAILED", "Transient", "not now!")


@pytest.mark.parametrize(("n", "ending"), [(6, "Large"), (5, "Small"), (0, "Otherwise")])
def test_a_choice_takes_the_first_condition_that_holds(machines: Machines, n: int, ending: str):
    ends: dict[str, Any] = {name: {"Type": "Pass", "Output": name, "End": True} for name in ("Large", "Small")}
    choices = [
        {"Condition": "{% $states.input.n > 5 %}", "Next": "Large"},
        {"Condition": "{% $states.input.n > 0 and $states.input.n <= 5 %}", "Next": "Small"},
    ]
    choose = {"Type": "Choice", "Choices": choices, "Default": "Otherwise"}
    otherwise = {"Type": "Pass", "Output": "Otherwise", "End": True}
    assert machines.run({"Choose": choose, **ends, "Otherwise": otherwise}, {"n": n})["output"] == ending


def test_retries_pause_with_full_jitter_up_to_the_maximum(lambdas: Lambdas, machines: Machines, aws: InProcessAws):
    lambdas["answer"] = lambda _event, _context: "done"
    aws.fail_next("answer", "Transient", times=6)
    retry = {
        "ErrorEquals": ["Transient"],
        "IntervalSeconds": 1,
        "BackoffRate": 2,
        "MaxAttempts": 6,
        "MaxDelaySeconds": 5,
        "JitterStrategy": "FULL",
    }
    assert machines.run({"Try": task("answer", Retry=[retry])})["output"] == "done"
    assert [(pause.state, pause.reason) for pause in aws.pauses] == [("Try", "Retry")] * 6
    limits = [1, 2, 4, 5, 5, 5]
    assert all(0 <= pause.seconds <= limit for pause, limit in zip(aws.pauses, limits, strict=True))
    assert len({pause.seconds for pause in aws.pauses}) > 1


def test_a_wait_is_skipped_and_remembered(machines: Machines, aws: InProcessAws):
    began = time.monotonic()
    wait = {"Type": "Wait", "Seconds": "{% $states.input.n * 60 %}", "End": True}
    assert machines.run({"Wait": wait}, {"n": 2})["status"] == "SUCCEEDED"
    assert aws.pauses == [Pause("Wait", "Wait", 120)]
    assert time.monotonic() - began < 60


def test_a_pause_that_is_skipped_counts_for_the_timeout(lambdas: Lambdas, machines: Machines, aws: InProcessAws):
    wait = {"Type": "Wait", "Seconds": 50, "Next": "Again"}
    states = {"Wait": wait, "Again": {"Type": "Wait", "Seconds": 50, "Next": "Late"}, "Late": {"Type": "Succeed"}}
    assert machines.run(states, TimeoutSeconds=101)["status"] == "SUCCEEDED"
    assert machines.run(states, TimeoutSeconds=99)["status"] == "TIMED_OUT"

    lambdas["fail"] = lambda _event, _context: 1 / 0
    retry = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 40, "BackoffRate": 1, "MaxAttempts": 9}]
    assert machines.run({"Try": task("fail", Retry=retry)}, TimeoutSeconds=100)["status"] == "TIMED_OUT"
    assert [pause.seconds for pause in aws.pauses[4:]] == [40, 40, 40]


def test_a_task_times_out(lambdas: Lambdas, machines: Machines):
    released = threading.Event()
    lambdas["sleep"] = lambda _event, _context: released.wait(30)
    described = machines.run({"Sleep": task("sleep", TimeoutSeconds=1)})
    released.set()
    assert (described["status"], described["error"]) == ("FAILED", "States.Timeout")


def test_an_execution_times_out(lambdas: Lambdas, machines: Machines):
    released = threading.Event()
    lambdas["sleep"] = lambda _event, _context: released.wait(30)
    described = machines.run({"Sleep": task("sleep")}, TimeoutSeconds=1)
    released.set()
    assert described["status"] == "TIMED_OUT"


def test_200_starts_with_one_name_are_one_execution(lambdas: Lambdas, machines: Machines):
    released, calls, arns, errors = threading.Event(), [0], set(), []

    def hold(_event: Any, _context: Any) -> None:
        calls[0] += 1
        released.wait(60)

    lambdas["hold"] = hold
    arn = machines.make({"Hold": task("hold")})

    def start() -> None:
        try:
            arns.add(machines.client.start_execution(stateMachineArn=arn, name="same", input="{}")["executionArn"])
        except Exception as error:  # noqa: BLE001  (whatever it is, the test has to see it)
            errors.append(error)

    starters = [threading.Thread(target=start) for _ in range(200)]
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join()
    listed = machines.client.list_executions(stateMachineArn=arn)["executions"]
    released.set()
    assert errors == []
    assert len(arns) == len(listed) == 1


@pytest.mark.parametrize(("name", "code"), [("a b", "InvalidName"), ("a" * 81, "ValidationException")])
def test_a_bad_name_starts_nothing(machines: Machines, name: str, code: str):
    arn = machines.make({"Succeed": {"Type": "Succeed"}})
    with pytest.raises(machines.client.exceptions.ClientError, match=code):
        machines.client.start_execution(stateMachineArn=arn, name=name)
    assert machines.client.list_executions(stateMachineArn=arn)["executions"] == []


def test_the_history_comes_in_pages(machines: Machines):
    execution = machines.run({"One": {"Type": "Pass", "Next": "Two"}, "Two": {"Type": "Succeed"}})["executionArn"]
    whole = machines.client.get_execution_history(executionArn=execution)["events"]
    paginator = machines.client.get_paginator("get_execution_history")
    pages = list(paginator.paginate(executionArn=execution, PaginationConfig={"PageSize": 4}))
    assert [len(page["events"]) for page in pages] == [4, 2]
    assert [event["id"] for page in pages for event in page["events"]] == [event["id"] for event in whole]
