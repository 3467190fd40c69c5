"""The embedded stack: local AWS, two sites, and the application, deployed by the real sam."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

import urllib3

from local import aws
from local.aws import LocalAws, faults, lambda_runtime
from local.aws.lambda_runtime import CrashPoint
from local.functions_python import functions_python
from local.sam import cli as sam
from local.sam.build import built_application
from local.sites.protocol import SitePair
from local.stack.deployment import STACK_NAME, describe
from local.stack.environment import Environment, WebhookResponse
from local.stack.interception import Interception
from local.stack.parameters import filled_in
from local.world import World, WorldPlan
from local.world.api import PREFIX, world_api
from local.world.world import STACK_REGION

DIRECTORY = sam.PROJECT / ".local"
ANSWER_SECONDS = 30.0

Progress = Callable[[str], AbstractContextManager[sam.Tell]]


@contextmanager
def silently(_label: str) -> Iterator[sam.Tell]:
    yield sam.ignore


class EmbeddedStack(Environment):
    """Started when everything answers.

    Args:
        plan: the world around the stack.
        parameters: of the template, on top of those that follow from the world; may hold placeholders.
        sites: a pair that runs already; None for simulated ones that run as long as the stack.
        seed: makes what has to be there before the stack.
        directory: gets the log files, in `logs`.
        build_directory: gets what sam builds; None for the one that is built only when a source has changed.
        port: of the endpoint; 0 for a free one.
        progress: a context manager for each phase, told what it is called; it gives a function that takes a line about
            what exactly is done now.

    Raises, when started:
        SamError: sam build or sam deploy failed.
        RuntimeError: the webhook doesn't answer as it should.
    """

    def __init__(
        self,
        plan: WorldPlan | None = None,
        parameters: Mapping[str, str] | None = None,
        *,
        sites: SitePair | None = None,
        seed: Callable[[World], None] = World.seed,
        directory: Path = DIRECTORY,
        build_directory: Path | None = None,
        port: int = 0,
        progress: Progress = silently,
    ) -> None:
        self._plan = plan or WorldPlan()
        self._parameters = parameters or {}
        self._sites = sites
        self._seed = seed
        self._logs = directory / "logs"
        self._build_directory = build_directory
        self._port = port
        self._progress = progress
        self._exits = ExitStack()
        self._clients = cache(lambda service, region: aws.client(service, region, self.endpoint_url))
        self._http = urllib3.PoolManager(timeout=ANSWER_SECONDS, retries=False, maxsize=10)

    def start(self) -> None:
        with ExitStack() as entered:
            with self._progress("Starting local AWS" + (" and two simulated sites" if self._sites is None else "")):
                shutil.rmtree(self._logs, ignore_errors=True)
                sites = self._sites or entered.enter_context(World.sites_for(self._plan))
                self.world = World(self._clients, sites, self._plan)
                routes = {PREFIX: world_api(self.world)}
                self._aws = LocalAws(log_directory=self._logs, port=self._port, routes=routes)
                entered.enter_context(self._aws)
                entered.callback(faults.fail_no_more)
                self._intercept()
                self._seed(self.world)
            self._build_and_deploy()
            with self._progress(f"Waiting for the webhook (Python {functions_python()})"):
                self._check_webhook()
            self._exits = entered.pop_all()

    def stop(self) -> None:
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
    def logs(self) -> Path:
        """The directory with a log file per function."""
        return self._logs

    # What a scenario needs.

    def client(self, service: str, region: str = STACK_REGION) -> Any:
        return self._clients(service, region)

    def post(self, body: bytes) -> WebhookResponse:
        webhook = self.webhook()
        headers = urllib3.make_headers(basic_auth=f"{webhook.username}:{webhook.password}")
        response = self._http.request(
            "POST", webhook.url, body=body, headers={**headers, "Content-Type": "application/json"}
        )
        return WebhookResponse(response.status, response.json())

    def crash(self, function: str, times: int, after: CrashPoint) -> None:
        lambda_runtime.crash(f"{STACK_NAME}-{function}-", times, after)

    def _intercept(self) -> None:
        faults.install()
        self.interception = aws.wrap_invoker(Interception)

    def _build_and_deploy(self) -> None:
        with ExitStack() as built:
            with self._progress("sam build") as tell:
                directory = built.enter_context(self._built(tell))
            with self._progress("sam deploy") as tell:
                parameters = self.world.stack_parameters() | filled_in(self._parameters, self.world, self.client)
                sam.deploy(self.endpoint_url, STACK_NAME, parameters, directory, tell=tell)
        self._attach(describe(self.client))

    @contextmanager
    def _built(self, tell: sam.Tell) -> Iterator[Path]:
        if self._build_directory is None:
            with built_application(tell):
                yield sam.BUILD_DIRECTORY
        else:
            sam.build(build_directory=self._build_directory, tell=tell)
            yield self._build_directory

    def _check_webhook(self) -> None:
        """A webhook that has started turns away who doesn't sign in. One process for each site's alert gets warm."""
        sites, url = len(self.world.plan.sites), self.webhook_url
        with ThreadPoolExecutor(sites) as pool:
            statuses = {*pool.map(lambda _: self._http.request("POST", url).status, range(sites))}
        if statuses != {HTTPStatus.UNAUTHORIZED}:
            raise RuntimeError(f"The webhook answered {statuses}, not 401; its log is in {self._logs}.")
