"""The real handlers, each run on fake clients up to its next outside call."""

import json
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import ModuleType, SimpleNamespace
from typing import Any, NamedTuple
from unittest.mock import patch

import check_reporter.app
import claim_fence.app
import resolve_accelerator.app
import take_site_offline.app
import update_endpoint_group.app
from fencing.adapters.fence_table import FenceTable
from fencing.adapters.global_accelerator import GlobalAccelerator
from fencing.adapters.infinispan import Infinispan, InfinispanSettings
from fencing.adapters.load_balancer_tags import LoadBalancerTags
from fencing.adapters.secrets import Secret
from fencing.observability import logger
from fencing.steps.check_reporter import CheckReporter
from fencing.steps.claim_fence import ClaimFence
from fencing.steps.resolve_accelerator import ResolveAccelerator
from fencing.steps.take_site_offline import TakeSiteOffline
from fencing.steps.update_endpoint_group import UpdateEndpointGroup
from verification.model import clients
from verification.model.replay_log import ErrorResponse, NextCall, OutsideCall, ReplayLog, Response, canonical

APPS: dict[str, ModuleType] = {
    "ResolveAcceleratorFunction": resolve_accelerator.app,
    "CheckReporterFunction": check_reporter.app,
    "ClaimFenceFunction": claim_fence.app,
    "UpdateEndpointGroupFunction": update_endpoint_group.app,
    "TakeSiteOfflineFunction": take_site_offline.app,
}

HOLD_DOWN = timedelta(minutes=10)


class Returned(NamedTuple):
    """The handler's result, canonical JSON."""

    payload: str


class Raised(NamedTuple):
    """The handler's exception, as Step Functions sees it."""

    error: str
    message: str


class Lambdas:
    """Runs handlers; to be used inside `installed()`."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self._replay_log = ReplayLog(())
        self._known: dict[tuple[str, str, tuple[Response | ErrorResponse, ...]], OutsideCall | Returned | Raised] = {}

    @property
    def runs(self) -> int:
        """How often a handler was run."""
        return len(self._known)

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Set the functions' environment, build their steps around fake clients, and keep their logger quiet."""
        level = logger.log_level
        steps = self._steps()
        with patch.dict(os.environ, self._environment):
            patches = [patch.object(APPS[function], "step", step) for function, step in steps.items()]
            for each in patches:
                each.start()
            logger.setLevel(logging.CRITICAL)
            try:
                yield
            finally:
                logger.setLevel(level)
                for each in patches:
                    each.stop()

    def run(
        self, function: str, event: str, answers: tuple[Response | ErrorResponse, ...]
    ) -> OutsideCall | Returned | Raised:
        """Run the handler until it needs an answer that isn't there yet, or ends; what is known isn't run again.

        `event` is JSON.
        """
        known = self._known.get((function, event, answers))
        if known is None:
            known = self._known[function, event, answers] = self._run(function, event, answers)
        return known

    def _run(
        self, function: str, event: str, answers: tuple[Response | ErrorResponse, ...]
    ) -> OutsideCall | Returned | Raised:
        self._replay_log = ReplayLog(answers)
        try:
            result = APPS[function].handler(json.loads(event), _context(function))
        except NextCall as interruption:
            return interruption.request
        except Exception as error:  # noqa: BLE001  (whatever a handler raises, Step Functions sees it)
            return Raised(type(error).__name__, str(error))
        return Returned(canonical(result))

    def _steps(self) -> dict[str, Callable[[Any], object]]:
        """The handlers' own `step(settings)`, with clients that ask the replay log of the moment."""
        return {
            "ResolveAcceleratorFunction": lambda of: ResolveAccelerator(
                self._accelerators(),
                LoadBalancerTags(lambda _region: clients.LoadBalancingClient(self._replay_log)),  # type: ignore[arg-type,return-value]
                of.sites,
                of.arns,
                of.dns_names,
                dict(of.load_balancers),
            ),
            "CheckReporterFunction": lambda of: CheckReporter(self._accelerators(), self._infinispan_for(of)),
            "ClaimFenceFunction": lambda of: ClaimFence(
                self._accelerators(), self._table(of.table_name, of.sites.key), of.hold_down, self._now
            ),
            "UpdateEndpointGroupFunction": lambda of: UpdateEndpointGroup(
                self._accelerators(), self._table(of.table_name, of.sites.key), self._now, _no_pause
            ),
            "TakeSiteOfflineFunction": lambda of: TakeSiteOffline(
                self._accelerators(),
                self._table(of.table_name, of.infinispan.sites.key),
                self._infinispan_for(of.infinispan),
                _no_pause,
            ),
        }

    def _accelerators(self) -> GlobalAccelerator:
        return GlobalAccelerator(clients.GlobalAcceleratorClient(self._replay_log))  # type: ignore[arg-type]

    def _table(self, name: str, key: str) -> FenceTable:
        return FenceTable(name, key, clients.DynamoDbClient(self._replay_log))  # type: ignore[arg-type]

    def _now(self) -> datetime:
        return datetime.fromisoformat(clients.clock(self._replay_log)())

    def _infinispan_for(self, of: InfinispanSettings) -> Callable[[str], Infinispan]:
        secret = Secret(of.secret_arn, _any_time, clients.SecretsClient(self._replay_log))  # type: ignore[arg-type]
        pool = clients.HttpPool(self._replay_log)
        return lambda site: Infinispan(site, dict(of.urls)[site], secret, pool)  # type: ignore[arg-type]


def _any_time() -> datetime:
    """How old a secret is plays no part: a step that is built anew for each run reads it anew."""
    return datetime(2025, 11, 23, 3, tzinfo=UTC)


def _no_pause(_seconds: float) -> None:
    """Between two calls anything may happen anyway."""


def _context(function: str) -> Any:
    return SimpleNamespace(
        function_name=function,
        function_version="$LATEST",
        invoked_function_arn=f"arn:aws:lambda:us-west-2:123456789012:function:{function}",
        memory_limit_in_mb=512,
        aws_request_id="00000000-0000-0000-0000-000000000000",
    )


def environment_for(accelerator_dns_names: Sequence[str], sites: Sequence[str]) -> dict[str, str]:
    """Return what template.yaml would set."""
    first, second = sites
    return {
        "SITE_A": first,
        "SITE_B": second,
        "SITE_A_INFINISPAN_URL": f"https://{first}.invalid",
        "SITE_B_INFINISPAN_URL": f"https://{second}.invalid",
        "INFINISPAN_CA_CERTIFICATE": "",
        "INFINISPAN_SECRET_ARN": "arn:aws:secretsmanager:us-west-2:123456789012:secret:infinispan",
        "ACCELERATOR_DNS_NAMES": ",".join(accelerator_dns_names),
        "ACCELERATOR_ARNS": "",
        "FENCE_TABLE": "fences",
        "HOLD_DOWN_SECONDS": str(int(HOLD_DOWN.total_seconds())),
    }
