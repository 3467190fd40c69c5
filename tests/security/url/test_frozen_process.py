"""Lambda freezes a process between two requests: only the wall clock tells how much later it is then."""

from __future__ import annotations

import json
import time

import pytest

from verification.fuzz.corpus import DOCUMENTS, basic
from verification.fuzz.deployment import DeployedWebhook

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("function-url")]

USERNAME = "alertmanager"
RESOLVED = json.dumps(next(document for document in DOCUMENTS if document["status"] == "resolved")).encode()
# After a guess, the secret is fetched again at most once in five seconds.
LONGER_THAN_GUESSES_COUNT_SECONDS = 6.0


def test_after_guesses_a_new_password_is_taken_at_once(webhook: DeployedWebhook):
    connection = webhook.connection()

    def status(password: str) -> int:
        credentials = ("Authorization", basic(USERNAME, password).encode("latin-1"))
        return webhook.send(connection, "POST", [credentials], RESOLVED).status

    webhook.put_credentials(USERNAME, "before-the-rotation")
    webhook.start_anew()
    assert status("before-the-rotation") == 200
    assert {status("a-guess") for _ in range(20)} == {401}
    webhook.put_credentials(USERNAME, "after-the-rotation")
    time.sleep(LONGER_THAN_GUESSES_COUNT_SECONDS)
    assert status("after-the-rotation") == 200
    assert status("before-the-rotation") == 200
    connection.close()
