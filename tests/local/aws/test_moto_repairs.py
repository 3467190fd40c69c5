"""Every repair of moto is still needed, and works."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from local.aws import repairs
from tests.local.aws.probes.__main__ import PROBES
from tests.local.aws.probes.probe import Probe, account

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("moto-repairs")]

PROJECT = Path(__file__).parents[3]

each_probe = pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name)


@pytest.fixture(scope="module")
def plain() -> dict[str, Any]:
    """What all probes see in moto as it is shipped, by their names."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.local.aws.probes"], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    seen: dict[str, Any] = json.loads(done.stdout)
    return seen


@pytest.fixture(scope="module")
def _repaired():
    repairs.install()
    with account():
        yield


@each_probe
def test_plain_moto_still_needs_the_repair(probe: Probe, plain: dict[str, Any]):
    assert plain[probe.name] == probe.plain, "moto has changed: see whether the repair can go"


@each_probe
@pytest.mark.usefixtures("_repaired")
def test_the_repair_works(probe: Probe):
    assert probe.observe() == probe.repaired
