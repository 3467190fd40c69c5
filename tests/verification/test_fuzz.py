"""A short run of `make fuzz`, always with the same requests, and checks of the judge itself."""

from __future__ import annotations

import json

import pytest

from verification.fuzz.campaign import Unexpected, run_in_process
from verification.fuzz.corpus import GOOD_HEADER, WRONG_HEADERS
from verification.fuzz.hostile import HostileRequest, hostile_request
from verification.fuzz.judge import TABLE, UNAUTHORIZED, Answered, judge
from verification.fuzz.webhook import webhook_in_process

JSON = {"content-type": "application/json"}
CHALLENGE = JSON | {"www-authenticate": 'Basic realm="site-fencing"'}


def test_only_the_answers_of_the_table_are_given():
    report = run_in_process(seed=5, requests=2_000)
    report.check()
    assert set(report.answers) == TABLE | {503}
    assert report.executions > 0
    assert report.log_lines > 0


def test_a_request_can_be_replayed():
    assert hostile_request(7, 1234) == hostile_request(7, 1234) != hostile_request(8, 1234)


def test_a_failure_tells_how_to_replay_it(monkeypatch):
    monkeypatch.setattr("verification.fuzz.campaign.TABLE", frozenset[int]())
    monkeypatch.setattr("verification.fuzz.judge.TABLE", frozenset[int]())
    with pytest.raises(Unexpected, match=r"python -m verification\.fuzz --seed 3 --only 17"):
        run_in_process(seed=3, requests=1, first=17)


def requested(**changes: object) -> HostileRequest:
    made = {"method": "POST", "authorization": GOOD_HEADER, "content_type": "", "body": b"", "framing": "text"}
    return HostileRequest(**{**made, "plain": False, **changes})  # type: ignore[arg-type]


STARTED = json.dumps({"executions": [{"execution": "site-a-site-b-0123456789abcdef-0"}]})


@pytest.mark.parametrize(
    ("request_", "answered"),
    [
        (requested(), Answered(500, JSON, "{}")),
        (requested(), Answered(503, JSON, '{"error": "down"}')),
        (requested(), Answered(400, JSON, "{}")),
        (requested(), Answered(200, JSON, STARTED)),
        (requested(), Answered(202, JSON, '{"executions": []}')),
        (requested(), Answered(401, CHALLENGE, json.dumps(UNAUTHORIZED))),
        (requested(method="GET"), Answered(200, JSON, '{"executions": []}')),
        (requested(plain=True), Answered(200, JSON, '{"executions": []}')),
        (requested(authorization=None), Answered(202, JSON, STARTED)),
        (requested(authorization=None), Answered(400, JSON, '{"error": "The body is no JSON."}')),
        (requested(authorization=None), Answered(401, JSON, json.dumps(UNAUTHORIZED))),
        (requested(authorization=None), Answered(401, CHALLENGE, '{"error": "No such user."}')),
        (requested(), Answered(400, JSON, json.dumps({"error": "x" * 100_000}))),
        (requested(), Answered(400, {"content-type": "text/html"}, '{"error": "x"}')),
    ],
)
def test_the_judge_sees_what_is_wrong(request_, answered):
    with pytest.raises((AssertionError, ValueError)):
        judge(request_, answered)


def test_every_wrong_header_is_refused():
    """More than the judge asks for: it lets pass what only a lenient reader accepts."""
    with webhook_in_process() as webhook:
        answers = {header: webhook.answer(requested(authorization=header).event()) for header in WRONG_HEADERS}
    assert {header for header, answer in answers.items() if answer["statusCode"] != 401} == set()


def test_nobody_is_asked_about_a_malformed_header():
    with webhook_in_process() as webhook:
        for header in ("", "Basic", "Bearer abc", "Basic !", f"{GOOD_HEADER},{GOOD_HEADER}"):
            webhook.answer(requested(authorization=header).event())
        assert webhook.secrets_manager.calls == 0
