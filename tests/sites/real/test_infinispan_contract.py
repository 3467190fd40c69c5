"""The one contract suite, on real servers: what the stand-in is held to is what Infinispan does."""

from __future__ import annotations

import pytest

from tests.sites.contract.test_clearing_contract import *  # noqa: F403
from tests.sites.contract.test_infinispan_contract import *  # noqa: F403

pytestmark = [pytest.mark.real]
