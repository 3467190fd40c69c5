"""`sam deploy --guided`: what it asks for, in which order, and that `sam deploy` alone does from then on."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.sam.deploy.commands import STACK_NAME, Account

pytestmark = [pytest.mark.sam, pytest.mark.slow]

DEFAULTS = {"HoldDownSeconds": "600", "Architecture": "x86_64", "LogRetentionDays": "90", "LogLevel": "INFO"}
PARAMETERS = [
    *("SiteA", "SiteAInfinispanUrl", "SiteB", "SiteBInfinispanUrl", "InfinispanCaCertificate"),
    *("AcceleratorDnsNames", "AcceleratorArns", "SiteALoadBalancerArns", "SiteBLoadBalancerArns"),
    *("WebhookSecretArn", "InfinispanSecretArn"),
    *("HoldDownSeconds", "NotificationEmail", "RunbookUrl", "WebhookReservedConcurrency"),
    *("SubnetIds", "SecurityGroupIds", "Architecture", "LogRetentionDays", "LogLevel"),
]


@pytest.fixture(scope="module")
def own_build(build: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy: the answers are saved beside the template."""
    return shutil.copytree(build, tmp_path_factory.mktemp("guided"), dirs_exist_ok=True)


def test_who_answers_the_questions_gets_a_stack(account: Account, own_build: Path) -> None:
    given = account.world.stack_parameters()
    # A question takes one line.
    parameters = [given.get(name, "").replace("\n", " ") for name in PARAMETERS]
    stack_name, region, confirm, allow_roles, keep_rollback, public_url, save, file, environment, deploy = (
        *("", "", "", "", ""),
        "y",  # the one question whose default is no: Alertmanager can't sign requests
        *("", "", "", "y"),
    )
    typed = [
        *(stack_name, region, *parameters, confirm, allow_roles, keep_rollback, public_url),
        *(save, file, environment, deploy),
    ]

    printed = account.sam(
        "deploy", "--guided", "--template-file", "template.yaml", directory=own_build, typed="\n".join([*typed, ""])
    )

    assert printed.code == 0, printed.text
    asked = dict(re.findall(r"Parameter (\w+) \[([^\]]*)\]:", printed.text))
    assert list(asked) == PARAMETERS
    assert {name: default for name, default in asked.items() if default} == DEFAULTS
    assert f"Stack Name [{STACK_NAME}]:" in printed.text
    assert "AWS Region [us-west-2]:" in printed.text
    assert "WebhookFunction Function Url has no authentication. Is this okay? [y/N]" in printed.text
    assert account.status() == "CREATE_COMPLETE"


def test_the_next_time_sam_deploy_knows_the_answers(account: Account, own_build: Path) -> None:
    printed = account.sam("deploy", "--template-file", "template.yaml", directory=own_build)
    assert f"No changes to deploy. Stack {STACK_NAME} is up to date" in printed.text
