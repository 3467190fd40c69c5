"""What checkov advises is followed, or accepted with a reason; `make lint` runs checkov itself."""

from __future__ import annotations

import pytest

from tests.template.advice import ACCEPTED, advice, differences
from tests.template.transformed import GOLDEN

AS_ACCEPTED = dict.fromkeys(ACCEPTED, "Ensure something: not so for AWS::SNS::Topic.Topic")


@pytest.mark.checkov
def test_the_template_is_as_checkov_advises_but_for_what_is_accepted() -> None:
    assert list(differences(advice(GOLDEN), ACCEPTED)) == []


def test_nothing_is_said_when_exactly_the_accepted_checks_fail() -> None:
    assert list(differences(AS_ACCEPTED, ACCEPTED)) == []


def test_advice_that_nobody_has_thought_about_is_told() -> None:
    (told,) = differences(AS_ACCEPTED | {"CKV_AWS_999": "Ensure more: not so for AWS::SNS::Topic.Topic"}, ACCEPTED)
    assert told.startswith("CKV_AWS_999: Ensure more: not so for AWS::SNS::Topic.Topic. Follow it, or say in tests/")


@pytest.mark.parametrize("check", ACCEPTED)
def test_an_exception_that_is_none_any_more_is_told(check: str) -> None:
    (told,) = differences({name: text for name, text in AS_ACCEPTED.items() if name != check}, ACCEPTED)
    assert told.startswith(f"{check} is an exception that isn't needed")
