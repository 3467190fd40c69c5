"""What is offered to somebody who mistyped a name."""

import pytest

from local.suggestion import did_you_mean

KNOWN = ("dead-site", "dynamodb-down", "split-brain", "stale-reads", "stale-reads-for-long")


@pytest.mark.parametrize(
    ("name", "question"),
    [
        ("splitbrain", "Did you mean split-brain?"),
        ("dynamodb", "Did you mean dynamodb-down?"),
        ("stale", "Did you mean stale-reads or stale-reads-for-long?"),
        ("nonsense", ""),
        ("", ""),
    ],
)
def test_near_names_are_offered(name: str, question: str) -> None:
    assert did_you_mean(name, KNOWN) == question
