"""Where the local AWS differs from moto, it does as AWS does: the probes of moto's repairs, at this endpoint."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from tests.aws import leftovers
from tests.aws.account import TAG
from tests.aws.surroundings.deployed import Surroundings
from tests.local.aws.probes.__main__ import PROBES
from tests.local.aws.probes.probe import Place, Probe

pytestmark = pytest.mark.aws

_numbers = itertools.count()


@pytest.fixture
def place(surroundings: Surroundings) -> Iterator[Place]:
    """Names of its own for each probe; what it leaves is removed at once."""
    account, prefix = surroundings.account, surroundings.account.name(f"{next(_numbers):02}-")
    yield Place(prefix, TAG, surroundings.outputs["MachinesRoleArn"], account.id)
    leftovers.remove(account, prefix)


@pytest.mark.parametrize(
    "probe",
    [
        pytest.param(
            *[probe],
            id=probe.name,
            marks=pytest.mark.skip(reason=f"only in moto: {probe.only_in_moto}") if probe.only_in_moto else (),
        )
        for probe in PROBES
    ],
)
def test_aws_does_what_the_local_aws_does(probe: Probe, place: Place):
    assert probe.observe_at(place) == probe.repaired
