"""`sam local invoke` with every sample event, in containers that talk to the deployed stack."""

from __future__ import annotations

import pytest

from local.stack.sam_local.environment import ContainerEnvironment
from local.stack.sam_local.invocation import in_short, invoke
from local.stack.sam_local.matching import mismatches
from local.stack.sam_local.samples import SAMPLES, Sample

pytestmark = [pytest.mark.docker, pytest.mark.sam, pytest.mark.slow]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.event)
def test_the_function_answers_and_does_what_it_says(
    containers: ContainerEnvironment, sample: Sample, table: list[tuple[str, str, str]]
) -> None:
    invoked = invoke(containers, sample)
    table.append((sample.event, sample.given, in_short(invoked.answer)))
    assert mismatches(sample.answer, invoked.answer) == []
    assert invoked.after == {**invoked.before, **sample.after}
