"""Many requests at once, over the function URL of the embedded stack: while its secret is rotated, and of one alert."""

from __future__ import annotations

import itertools
import json
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from verification.fuzz.corpus import DOCUMENTS, basic
from verification.fuzz.deployment import DeployedWebhook

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("function-url")]

USERNAME = "alertmanager"
RESOLVED = json.dumps(next(document for document in DOCUMENTS if document["status"] == "resolved")).encode()
DELIVERIES = 200
SENDERS = ((1, 2), (2, 1), (1,), (2,))
"""Which password each of them sends, in turn, once there is a second one."""
MOST_DURING_ROTATION, REQUESTS_AFTER_ROTATION = 200, 20
CONNECTIONS = 8  # each concurrent request takes a process of its own


def password(version: int) -> str:
    return f"correct:horse-{version}"


def test_a_rotation_refuses_nobody(webhook: DeployedWebhook):
    webhook.put_credentials(USERNAME, password(1))
    webhook.start_anew()
    warm, rotated = threading.Barrier(len(SENDERS) + 1), threading.Event()

    def work(after_rotation: tuple[int, ...]) -> Counter[int]:
        connection, statuses = webhook.connection(), Counter[int]()

        def send(version: int) -> None:
            header = ("Authorization", basic(USERNAME, password(version)).encode())
            answer = webhook.send(connection, "POST", [header, ("Content-Type", b"application/json")], RESOLVED)
            statuses[answer.status] += 1

        send(1)
        warm.wait()
        for _ in range(MOST_DURING_ROTATION):
            if rotated.is_set():
                break
            send(1)
        for version in itertools.islice(itertools.cycle(after_rotation), REQUESTS_AFTER_ROTATION):
            send(version)
        connection.close()
        return statuses

    with ThreadPoolExecutor(len(SENDERS)) as pool:
        working = [pool.submit(work, versions) for versions in SENDERS]
        warm.wait()
        webhook.put_credentials(USERNAME, password(2))
        rotated.set()
        statuses = sum((done.result() for done in working), Counter[int]())
    assert statuses.keys() == {200}
    assert statuses.total() >= len(SENDERS) * (REQUESTS_AFTER_ROTATION + 1)


def test_deliveries_over_the_function_url_share_one_execution(webhook: DeployedWebhook):
    webhook.put_credentials(USERNAME, password(0))
    webhook.start_anew()
    before = set(webhook.executions())
    [alert] = DOCUMENTS[0]["alerts"]
    body = json.dumps(DOCUMENTS[0] | {"alerts": [alert | {"startsAt": "2026-11-22T19:00:00.5Z"}]}).encode()
    headers = [("Authorization", basic(USERNAME, password(0)).encode()), ("Content-Type", b"application/json")]

    def deliver(times: int) -> list[tuple[int, str]]:
        connection = webhook.connection()
        answers = [webhook.send(connection, "POST", headers, body) for _ in range(times)]
        connection.close()
        return [(answer.status, json.loads(answer.body)["executions"][0]["execution"]) for answer in answers]

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        answered = Counter(
            answer for answers in pool.map(deliver, [DELIVERIES // CONNECTIONS] * CONNECTIONS) for answer in answers
        )
    [started] = set(webhook.executions()) - before
    assert answered == {(202, started): DELIVERIES}
