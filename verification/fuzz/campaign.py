"""A run of many hostile requests, and what came of it."""

from __future__ import annotations

import resource
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from verification.fuzz.hostile import HostileRequest, hostile_request
from verification.fuzz.judge import TABLE, Answered, judge
from verification.fuzz.webhook import WebhookInProcess, assert_tells_no_secret, webhook_in_process

EVERY_OUTAGE = 200
EVERY_COLD_OUTAGE = 1_000
SECONDS_BETWEEN_REQUESTS = 0.1
# A refetch asks for two versions, at most every five seconds; a new process asks for both before that.
CALLS_PER_SECOND, CALLS_PER_PROCESS = 2 / 5, 4
SLOWEST_SECONDS = 5.0
WARM_UP_REQUESTS = 5_000
MOST_GROWTH_MIB = 24.0
ENOUGH_FOR_ALL_ANSWERS = 2_000


class Unexpected(AssertionError):
    """A request was not answered as it should be."""

    def __init__(self, seed: int, number: int, request: HostileRequest, reason: BaseException) -> None:
        super().__init__(
            f"request {number} of seed {seed}: {type(reason).__name__}: {reason}\n"
            f"again: python -m verification.fuzz --seed {seed} --only {number}\n{request!r:.2000}"
        )


@dataclass
class CampaignReport:
    """What came of a run."""

    seed: int
    answers: Counter[int] = field(default_factory=Counter)
    executions: int = 0
    log_lines: int = 0
    slowest_seconds: float = 0.0
    memory_growth_mib: float | None = None
    seconds: float = 0.0

    def __str__(self) -> str:
        rows = [f"  {status}  {count:>8}" for status, count in sorted(self.answers.items())]
        total = sum(self.answers.values())
        memory = "" if self.memory_growth_mib is None else f", memory {self.memory_growth_mib:+.1f} MiB"
        slowest = f"{self.slowest_seconds * 1000:.0f} ms"
        return "\n".join(
            (
                f"seed {self.seed}: {total} requests in {self.seconds:.0f} s, 0 unexpected",
                *rows,
                f"  executions {self.executions}, log lines {self.log_lines}, slowest answer {slowest}{memory}",
            )
        )

    def check(self) -> None:
        """Fail when the run says nothing because it never reached some answer, or when memory grew."""
        if sum(self.answers.values()) >= ENOUGH_FOR_ALL_ANSWERS:
            assert set(self.answers) >= TABLE, f"never answered: {sorted(TABLE - set(self.answers))}"
        if self.memory_growth_mib is not None:
            assert self.memory_growth_mib <= MOST_GROWTH_MIB, f"memory grew by {self.memory_growth_mib:.1f} MiB"


def run_in_process(seed: int, requests: int, *, first: int = 0) -> CampaignReport:
    """Send the requests `first`, `first` + 1, ... of the seed to the handler. Raises Unexpected for a wrong answer."""
    report, began = CampaignReport(seed), time.monotonic()
    with webhook_in_process() as webhook:
        warm_mib: float | None = None
        for number in range(first, first + requests):
            if number - first == WARM_UP_REQUESTS:
                warm_mib = resident_mib()
            request = hostile_request(seed, number)
            try:
                _send(webhook, number, request, report)
            except Exception as error:
                raise Unexpected(seed, number, request, error) from error
        _check_calls(webhook, requests)
        report.memory_growth_mib = None if warm_mib is None else resident_mib() - warm_mib
        report.executions, report.log_lines = webhook.step_functions.started, webhook.log.lines
    report.seconds = time.monotonic() - began
    return report


def _send(webhook: WebhookInProcess, number: int, request: HostileRequest, report: CampaignReport) -> None:
    webhook.outage.plan({0: "secretsmanager", 1: "stepfunctions"}.get(number % EVERY_OUTAGE))
    if number % EVERY_COLD_OUTAGE == 0:
        webhook.forget_the_secret()
    webhook.clock += timedelta(seconds=SECONDS_BETWEEN_REQUESTS)
    webhook.step_functions.asked.clear()
    began = time.monotonic()
    answer = webhook.answer(request.event())
    seconds = time.monotonic() - began
    answered = Answered(answer["statusCode"], answer["headers"], answer["body"], webhook.outage.met)
    judge(request, answered)
    assert_tells_no_secret(answered.body)
    assert seconds <= SLOWEST_SECONDS, f"answered after {seconds:.1f} s"
    if not request.is_authentic:
        assert not webhook.step_functions.asked, "an execution without credentials"
    if answered.status in (200, 202):
        assert sorted(answered.executions) == sorted(webhook.step_functions.asked), "the answer isn't what was started"
    report.answers[answered.status] += 1
    report.slowest_seconds = max(report.slowest_seconds, seconds)


def _check_calls(webhook: WebhookInProcess, requests: int) -> None:
    """However many wrong passwords arrive, Secrets Manager is asked only so often."""
    processes = 2 + requests // EVERY_COLD_OUTAGE
    most = requests * SECONDS_BETWEEN_REQUESTS * CALLS_PER_SECOND + processes * CALLS_PER_PROCESS
    assert webhook.secrets_manager.calls <= most, f"Secrets Manager was asked {webhook.secrets_manager.calls} times"


def resident_mib() -> float:
    """This process's resident memory now; where /proc is missing, its peak."""
    statistics = Path("/proc/self/statm")
    if statistics.exists():
        return int(statistics.read_text().split()[1]) * resource.getpagesize() / 2**20
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)
