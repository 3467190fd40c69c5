"""The embedded stack: local AWS, two simulated sites, and the application, deployed by the real sam."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import urllib3

from local import sam
from local.aws import clients, faults, lambda_invocation, lambda_runtime
from local.aws.lambda_runtime import CrashPoint
from local.aws.server import LocalAws
from local.build import built_application
from local.scenarios.deployment import STACK_NAME, describe
from local.scenarios.interception import Interception
from local.scenarios.parameters import filled_in
from local.scenarios.stage import Answer
from local.world import World, WorldPlan
from local.world.world import STACK_REGION
from local.world_api import PREFIX, world_api

DIRECTORY = sam.PROJECT / ".local"
ANSWER_SECONDS = 30.0
UNAUTHORIZED = 401

Progress = Callable[[str], AbstractContextManager[sam.Tell]]


@contextmanager
def silently(_label: str) -> Iterator[sam.Tell]:
    yield sam.ignore


class EmbeddedStack:
    """A context manager, and a stage for scenarios. Entered when everything answers; one at a time in a process.

    Args:
        plan: the world around the stack.
        parameters: of the template, on top of those that follow from the world; may hold placeholders.
        directory: gets the log files, in `logs`.
        port: of the endpoint; 0 for a free one.
        progress: a context manager for each phase, told what it is called; it gives a function that takes a line about
            what exactly is done now.

    Raises, when entered:
        SamError: sam build or sam deploy failed.
        RuntimeError: the webhook doesn't answer as it should.
    """

    def __init__(
        self,
        plan: WorldPlan | None = None,
        parameters: Mapping[str, str] | None = None,
        *,
        directory: Path = DIRECTORY,
        port: int = 0,
        progress: Progress = silently,
    ) -> None:
        self._plan = plan or WorldPlan()
        self._parameters = parameters or {}
        self._logs = directory / "logs"
        self._port = port
        self._progress = progress
        self._exits = ExitStack()
        self._clients = cache(lambda service, region: clients.client(service, region, self.endpoint_url))
        self._http = urllib3.PoolManager(timeout=ANSWER_SECONDS, retries=False, maxsize=10)

    def __enter__(self) -> Self:
        with ExitStack() as entered:
            with self._progress("Starting local AWS and two simulated sites"):
                shutil.rmtree(self._logs, ignore_errors=True)
                sites = entered.enter_context(World.sites_for(self._plan))
                self.world = World(self._clients, sites, self._plan)
                routes = {PREFIX: world_api(self.world)}
                self._aws = LocalAws(log_directory=self._logs, port=self._port, routes=routes)
                entered.enter_context(self._aws)
                entered.callback(faults.fail_no_more)
                self._intercept()
                self.world.seed()
            self._build_and_deploy()
            with self._progress("Waiting for the webhook"):
                self._check_webhook()
            self._exits = entered.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._exits.close()

    # Where everything is.

    @property
    def endpoint_url(self) -> str:
        return self._aws.endpoint_url

    @property
    def control_url(self) -> str:
        """Where the world is moved and shown."""
        return f"{self.endpoint_url}{PREFIX}"

    @property
    def webhook_url(self) -> str:
        return self._outputs["WebhookUrl"]

    @property
    def state_machine_arn(self) -> str:
        return self._outputs["StateMachineArn"]

    @property
    def table_name(self) -> str:
        return self._outputs["FenceTableName"]

    @property
    def infinispan_secret_arn(self) -> str:
        return self._outputs["InfinispanSecretArn"]

    @property
    def topic_arn(self) -> str:
        return self._outputs["NotificationTopicArn"]

    @property
    def logs(self) -> Path:
        """The directory with a log file per function."""
        return self._logs

    def credentials(self) -> tuple[str, str]:
        """The webhook's user name and password."""
        arn = self._outputs["WebhookSecretArn"]
        secret = json.loads(self.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"])
        return secret["username"], secret["password"]

    # What a scenario needs.

    def client(self, service: str, region: str = STACK_REGION) -> Any:
        return self._clients(service, region)

    def post(self, body: bytes) -> Answer:
        username, password = self.credentials()
        headers = urllib3.make_headers(basic_auth=f"{username}:{password}")
        response = self._http.request(
            "POST", self.webhook_url, body=body, headers={**headers, "Content-Type": "application/json"}
        )
        return Answer(response.status, response.json())

    def crash(self, function: str, times: int, after: CrashPoint) -> None:
        lambda_runtime.crash(f"{STACK_NAME}-{function}-", times, after)

    def before(self, function: str, action: Callable[[], None]) -> None:
        self._interception.before(function, action)

    def reset(self) -> None:
        """Executions stay, as they do in AWS."""
        faults.fail_no_more()
        self._interception.forget()
        self.world.reset()

    def _intercept(self) -> None:
        faults.install()
        runtime = lambda_invocation.use(None)
        assert runtime is not None
        self._interception = Interception(runtime)
        lambda_invocation.use(self._interception)

    def _build_and_deploy(self) -> None:
        with ExitStack() as build:
            with self._progress("sam build") as tell:
                build.enter_context(built_application(tell))
            with self._progress("sam deploy") as tell:
                parameters = self.world.stack_parameters() | filled_in(self._parameters, self.world, self.client)
                sam.deploy(self.endpoint_url, STACK_NAME, parameters, tell=tell)
        self._outputs = describe(self.client).outputs
        self.world.attach(table_name=self.table_name, state_machine_arn=self.state_machine_arn)

    def _check_webhook(self) -> None:
        """A webhook that has started turns away who doesn't sign in. One process for each site's alert gets warm."""
        sites = len(self.world.plan.sites)
        with ThreadPoolExecutor(sites) as pool:
            statuses = {*pool.map(lambda _: self._http.request("POST", self.webhook_url).status, range(sites))}
        if statuses != {UNAUTHORIZED}:
            raise RuntimeError(f"The webhook answered {statuses}, not {UNAUTHORIZED}; its log is in {self._logs}.")
