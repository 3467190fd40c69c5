"""What happens to the sites before the runbook is needed, and what is seen of them after it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from local.scenarios.alertmanager import FiringAlert
from local.sites.client import InfinispanClient
from local.stack.embedded import EmbeddedStack

ENDED_SECONDS = 60.0
POLL_SECONDS = 0.2


@dataclass(frozen=True)
class Incident:
    """An incident on a stack that runs."""

    stack: EmbeddedStack

    def fence(self, *, survivor: str, fenced: str) -> None:
        """The link breaks, one site's alert arrives, and the application does the rest."""
        self.stack.world.cut()
        answer = self.stack.post(FiringAlert(reporter=survivor, site=fenced).body(datetime.now(UTC)))
        assert answer.status == HTTPStatus.ACCEPTED, answer
        deadline = time.monotonic() + ENDED_SECONDS
        while (outcome := self._outcome_of(answer.executions[0])) is None:
            assert time.monotonic() < deadline, f"{answer.executions[0]} has not ended."
            time.sleep(POLL_SECONDS)
        assert outcome == "Fenced"

    def _outcome_of(self, execution: str) -> Any:
        executions = self.stack.world.show()["executions"]
        return next(each["code"] for each in executions if each["name"] == execution)

    def infinispan(self, site: str) -> InfinispanClient:
        return self.stack.world.sites.client(site)

    @property
    def serving(self) -> list[str]:
        """The sites that the accelerator sends users to."""
        served: list[str] = self.stack.world.show()["endpoints"]
        return served

    @property
    def backups(self) -> Any:
        """What each Infinispan says of its backups to the other one."""
        return self.stack.world.show()["infinispan"]

    def accepts_writes(self, site: str) -> bool:
        return self.stack.world.accepts_writes(site)
