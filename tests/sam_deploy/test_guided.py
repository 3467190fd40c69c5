"""`sam deploy --guided`: what it asks for, in which order."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.sam_deploy.commands import Account

pytestmark = [pytest.mark.sam, pytest.mark.slow]


def test_it_asks_for_the_sites_first_and_offers_the_defaults(account: Account, build: Path) -> None:
    printed = account.sam("deploy", "--guided", "--template-file", "template.yaml", directory=build, typed="\n" * 25)

    asked = dict(re.findall(r"Parameter (\w+) \[([^\]]*)\]:", printed.text))
    assert list(asked)[:4] == ["SiteA", "SiteAInfinispanUrl", "SiteB", "SiteBInfinispanUrl"]
    assert {name: default for name, default in asked.items() if default} == {
        "HoldDownSeconds": "600",
        "Architecture": "x86_64",
        "LogRetentionDays": "90",
        "LogLevel": "INFO",
    }
    # The one question whose default is no: Alertmanager can't sign requests.
    assert "WebhookFunction Function Url has no authentication. Is this okay? [y/N]" in printed.text
