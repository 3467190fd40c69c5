"""State machines of a test, with a role that may invoke the probe function."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from typing import Any

from tests.aws.surroundings.deployed import Surroundings

ENDED_SECONDS = 120.0
_numbers = itertools.count()


@dataclass(frozen=True)
class Machines:
    """Makes and runs them. They are removed with the rest of the run."""

    surroundings: Surroundings
    _made: list[str] = field(default_factory=list)

    @property
    def client(self) -> Any:
        return self.surroundings.account.client("stepfunctions")

    def make(self, states: dict[str, Any], language: str = "JSONata") -> str:
        """The ARN of a new state machine that starts with the first of `states`."""
        definition = {"QueryLanguage": language, "StartAt": next(iter(states)), "States": states}
        made = self.client.create_state_machine(
            name=self.surroundings.account.name(f"machine-{next(_numbers)}"),
            definition=json.dumps(definition),
            roleArn=self.surroundings.outputs["MachinesRoleArn"],
        )
        return str(made["stateMachineArn"])

    def run(self, states: dict[str, Any], language: str = "JSONata") -> dict[str, Any]:
        """DescribeExecution's answer at the end, with the output parsed."""
        started = self.client.start_execution(stateMachineArn=self.make(states, language))
        return self.ended(started["executionArn"])

    def ended(self, execution: str) -> dict[str, Any]:
        """The same of an execution that was started."""
        described = self.surroundings.account.eventually(
            lambda: self.client.describe_execution(executionArn=execution),
            lambda seen: seen["status"] != "RUNNING",
            ENDED_SECONDS,
            every=0.5,
        )
        if "output" in described:
            described["output"] = json.loads(described["output"])
        return dict(described)

    def value_of(self, expression: str, **variables: Any) -> Any:
        """What an expression gives, with these variables assigned by an earlier state, as in the definition."""
        ended = self.run(
            {
                "Assign": {"Type": "Pass", "Assign": variables or {"unused": 0}, "Next": "Evaluate"},
                "Evaluate": {"Type": "Pass", "Output": {"value": f"{{% {expression} %}}"}, "End": True},
            }
        )
        return ended["output"]["value"] if "output" in ended else f"{ended['error']}: {ended['cause']}"

    def invoking(self, event: Any, **more: Any) -> dict[str, Any]:
        """A task that lets the probe function do something."""
        arguments = {"FunctionName": self.surroundings.outputs["ProbeArn"], "Payload": event}
        return {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": arguments, **more}
