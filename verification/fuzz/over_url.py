"""The same requests over HTTP, to the function URL of the embedded stack."""

from __future__ import annotations

import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from threading import Lock

from verification.fuzz.campaign import CampaignReport, Unexpected
from verification.fuzz.corpus import PASSWORD, USERNAME
from verification.fuzz.deployment import DeployedWebhook, deployed_webhook
from verification.fuzz.hostile import HostileRequest, hostile_request
from verification.fuzz.judge import Answered, judge
from verification.fuzz.webhook import assert_tells_no_secret

SENDERS = 2
CONTROL_CHARACTERS = dict.fromkeys([*range(0x20), 0x7F])


class _Sender:
    """One connection, kept open as Alertmanager does."""

    def __init__(self, webhook: DeployedWebhook) -> None:
        self._webhook = webhook
        self._connection: HTTPConnection = webhook.connection()
        self.executions: set[str] = set()

    def send(self, request: HostileRequest) -> Answered:
        headers = [("User-Agent", b"Alertmanager/0.28.1"), ("Content-Type", _header(request.content_type))]
        if request.authorization is not None:
            headers.append(("Authorization", _header(request.authorization)))
        answer = self._webhook.send(self._connection, request.method, headers, request.body)
        answered = Answered(answer.status, answer.headers, answer.body)
        if answered.body and answered.status != 401:
            self.executions |= set(answered.executions)
        return answered

    def close(self) -> None:
        self._connection.close()


def run_over_url(seed: int, requests: int, *, first: int = 0) -> CampaignReport:
    """Send the requests `first`, `first` + 1, ... of the seed. Raises Unexpected at the first failure.

    At the end, the account must have exactly those executions that were answered for.
    """
    report, lock, began = CampaignReport(seed), Lock(), time.monotonic()
    with tempfile.TemporaryDirectory() as directory, deployed_webhook(Path(directory)) as webhook:
        webhook.put_credentials(USERNAME, PASSWORD)
        senders = [_Sender(webhook) for _ in range(SENDERS)]

        def work(index: int) -> None:
            for number in range(first + index, first + requests, SENDERS):
                request = as_http_can_carry_it(hostile_request(seed, number))
                try:
                    seconds = _send(senders[index], request, report, lock)
                except Exception as error:
                    raise Unexpected(seed, number, request, error) from error
                report.slowest_seconds = max(report.slowest_seconds, seconds)

        with ThreadPoolExecutor(SENDERS) as pool:
            for done in [pool.submit(work, index) for index in range(SENDERS)]:
                done.result()
        for sender in senders:
            sender.close()
        there, answered = set(webhook.executions()), set[str]().union(*(sender.executions for sender in senders))
        assert there == answered, f"not answered for: {sorted(there - answered)}, not there: {sorted(answered - there)}"
        report.executions = len(there)
        for log in Path(directory).glob("*.log"):
            text = log.read_text(errors="replace")
            assert_tells_no_secret(text)
            report.log_lines += text.count("\n")
    report.seconds = time.monotonic() - began
    return report


def _send(sender: _Sender, request: HostileRequest, report: CampaignReport, lock: Lock) -> float:
    began = time.monotonic()
    answered = sender.send(request)
    seconds = time.monotonic() - began
    judge(request, answered)
    assert_tells_no_secret(answered.body)
    with lock:
        report.answers[answered.status] += 1
    return seconds


def as_http_can_carry_it(request: HostileRequest) -> HostileRequest:
    """The request with header values that a client can send: no control characters, Latin-1, at most 8 KiB."""
    authorization = request.authorization
    if authorization is not None:
        authorization = _header(authorization).decode("latin-1").strip()
    return HostileRequest(
        request.method, authorization, request.content_type, request.body, framing="text", plain=request.plain
    )


def _header(value: str) -> bytes:
    return value.translate(CONTROL_CHARACTERS).encode("latin-1", errors="replace")[:8_000]
