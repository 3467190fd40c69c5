"""An environment inside this process: the real template, definition and handlers, in moto; nobody pauses."""

from __future__ import annotations

import base64
import importlib
import json
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import boto3
import botocore.endpoint
from moto.stepfunctions.parser.models import stepfunctions_parser_backends
from werkzeug.wrappers import Request

from local import aws
from local.aws import AS_OBSERVER, Handler, InProcessAws, LambdaContext, clock, faults, in_process_aws
from local.aws.function_urls import request_event, response_to
from local.aws.lambda_runtime import CrashPoint
from local.stack.deployment import Function, deploy
from local.stack.environment import Environment, WebhookResponse
from local.stack.interception import Interception
from local.stack.parameters import filled_in
from local.world import World, WorldPlan
from local.world.world import STACK_REGION

FUNCTIONS = Path(__file__).resolve().parents[2] / "functions"
# What a real process leaves behind; the request's id is another one each time.
KILLED = "RequestId: 00000000-0000-4000-8000-000000000000 Error: Runtime exited with error: signal: killed"


class InProcessEnvironment(Environment):
    """The real template, but no sam, no process and no function URL.

    Args:
        plan: the world around the stack.
        parameters: of the template, on top of those that follow from the world; may hold placeholders.
        seed: makes what has to be there before the stack.
    """

    def __init__(
        self, plan: WorldPlan, parameters: Mapping[str, str], *, seed: Callable[[World], None] = World.seed
    ) -> None:
        self._plan = plan
        self._parameters = parameters
        self._seed = seed
        self._exits = ExitStack()
        self._handlers: dict[str, Handler] = {}
        self._clients = cache(lambda service, region: boto3.client(service, region_name=region, config=AS_OBSERVER))

    def start(self) -> None:
        if str(FUNCTIONS) not in sys.path:
            sys.path.insert(0, str(FUNCTIONS))
        aws.install()
        faults.install()
        with ExitStack() as entered:
            # moto would read thousands of machine images for each region in which there is a load balancer.
            entered.enter_context(patch.dict(os.environ, {"MOTO_EC2_LOAD_DEFAULT_AMIS": "false"}))
            self._aws: InProcessAws = entered.enter_context(in_process_aws(self._handlers))
            self.interception = aws.wrap_invoker(Interception)
            sites = entered.enter_context(World.sites_for(self._plan))
            self.world = World(self._clients, sites, self._plan)
            self._seed(self.world)
            self._deploy()
            # Nobody sleeps, but the account's clock, and so the functions', moves on as if they had.
            functions_clock = importlib.import_module("fencing.adapters.clock")
            for module in (functions_clock, botocore.endpoint):
                entered.enter_context(patch.object(module, "time", SimpleNamespace(sleep=clock.skip)))
            now = SimpleNamespace(now=lambda _zone: clock.utc_now())
            entered.enter_context(patch.object(functions_clock, "datetime", now))
            environment = [function.environment for function in self.deployment.functions.values()]
            entered.enter_context(patch.dict(os.environ, {k: v for each in environment for k, v in each.items()}))
            self._exits = entered.pop_all()

    def stop(self) -> None:
        faults.fail_no_more()
        self._exits.close()

    def client(self, service: str, region: str = STACK_REGION) -> Any:
        return self._clients(service, region)

    def post(self, body: bytes) -> WebhookResponse:
        """Through the webhook's real handler, by the events that a function URL makes and takes."""
        name = self.deployment.functions["WebhookFunction"].name
        headers = {"Authorization": self._authorization(), "Content-Type": "application/json"}
        with Request.from_values("/", method="POST", data=body, headers=headers) as request:
            event = request_event(request, "in-process", "/", STACK_REGION)
        arn = f"arn:aws:lambda:{STACK_REGION}:123456789012:function:{name}"
        response = response_to(self._handlers[name](event, LambdaContext(name, arn)))
        return WebhookResponse(response.status_code, json.loads(response.get_data()))

    def crash(self, function: str, times: int, after: CrashPoint) -> None:
        name = self.deployment.functions[function].name
        self._aws.fail_next(name, "Runtime.ExitError", KILLED, times=times, after=after)

    def reset(self) -> None:
        """Executions are forgotten too, and the functions start anew, without what they had kept in memory."""
        super().reset()
        clock.reset()
        region, account = self.state_machine_arn.split(":")[3:5]
        for machine in stepfunctions_parser_backends[account][region].state_machines:
            machine.executions.clear()
        for function in self.deployment.functions.values():
            _module(function).step.cache_clear()

    def _deploy(self) -> None:
        parameters = filled_in(self._parameters, self.world, self.client)
        deployment = deploy(self.client, self.world.stack_parameters() | parameters)
        for function in deployment.functions.values():
            self._handlers[function.name] = getattr(_module(function), function.handler.rpartition(".")[2])
        self._attach(deployment)

    def _authorization(self) -> str:
        webhook = self.webhook()
        return f"Basic {base64.b64encode(f'{webhook.username}:{webhook.password}'.encode()).decode()}"


def _module(function: Function) -> Any:
    return importlib.import_module(function.handler.rpartition(".")[0])
