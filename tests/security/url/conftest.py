"""One deployed webhook for the tests of this package: a deployment takes seconds.

None of them may use `mock_aws` as well: moto's state belongs to the process.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from verification.fuzz.deployment import DeployedWebhook, deployed_webhook


@pytest.fixture(scope="package")
def webhook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeployedWebhook]:
    with deployed_webhook(tmp_path_factory.mktemp("webhook")) as deployed:
        yield deployed
