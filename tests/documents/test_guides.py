"""The other pages' commands, on the same stack: credentials that are filled in, and rotated."""

from __future__ import annotations

import json
import re

import pytest
import urllib3

from local.monitoring.monitors import Webhook
from local.scenarios.alertmanager import CAPTURED_BODIES
from tests.documents.commands import runs
from tests.documents.incident import Incident
from tests.documents.shell import Shell

pytestmark = [pytest.mark.sam, pytest.mark.slow, pytest.mark.xdist_group("documents")]

RESOLVED = CAPTURED_BODIES / "04-resolved-last-one.am-0.28.1.json"


@runs("docs/configuration.md", "Infinispan's credentials")
def test_infinispans_credentials_are_what_was_typed(script: str, shell: Shell, incident: Incident) -> None:
    secrets = incident.stack.client("secretsmanager")
    arn = incident.stack.infinispan_secret_arn
    before = secrets.get_secret_value(SecretId=arn)["SecretString"]

    shell.run(script, typed='operator\na "quoted" \\password\n')

    after = secrets.get_secret_value(SecretId=arn)["SecretString"]
    secrets.put_secret_value(SecretId=arn, SecretString=before)
    assert json.loads(after) == {"username": "operator", "password": 'a "quoted" \\password'}


@runs("docs/security.md", "Rotating the webhook's credentials")
def test_a_rotation_refuses_nobody_and_ends_the_old_ones(script: str, shell: Shell, incident: Incident) -> None:
    old = incident.stack.webhook()
    before, _, ending = script.partition("OLD_VERSION_ID=")

    shell.run(before)

    new = incident.stack.webhook()
    assert old != new
    assert [status_for(webhook) for webhook in (new, old)] == [200, 200]
    for_alertmanager = dict(re.findall(r"(.*)=(.*)", (shell.directory / WEBHOOK_ENV).read_text()))
    assert for_alertmanager == {"username": new.username, "password": new.password}

    definitions = before.partition("PASSWORD=")[0]
    shell.run(f"{definitions}\nOLD_VERSION_ID={ending}")

    versions = incident.stack.client("secretsmanager").list_secret_version_ids(
        SecretId=incident.stack.webhook_secret_arn
    )["Versions"]
    assert [stage for version in versions for stage in version.get("VersionStages", [])] == ["AWSCURRENT"]


WEBHOOK_ENV = "cluster/openshift/credentials/webhook.env"


def status_for(webhook: Webhook) -> int:
    headers = urllib3.make_headers(basic_auth=f"{webhook.username}:{webhook.password}")
    return urllib3.request("POST", webhook.url, body=RESOLVED.read_bytes(), headers=headers).status
