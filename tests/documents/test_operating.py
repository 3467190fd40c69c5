"""The runbook, followed on the local stack: after each procedure the world is as the page promises."""

from __future__ import annotations

import json

import pytest

from tests.documents.commands import runs, script_of
from tests.documents.incident import Incident
from tests.documents.pages import shell_of
from tests.documents.shell import Shell

pytestmark = [pytest.mark.sam, pytest.mark.slow, pytest.mark.xdist_group("documents")]

PAGE = "docs/operating.md"
ONLINE = {"site-a": {"site-b": "online"}, "site-b": {"site-a": "online"}}


@runs(PAGE, "Where everything is")
def test_everything_is_found(script: str, shell: Shell, incident: Incident) -> None:
    printed = shell.run(script + 'printf "%s\\n" "$PAIR" "$TABLE" "$SITE_A" "$SITE_B" "$ACCELERATORS"')

    (accelerator,) = {each["accelerator"] for each in incident.stack.world.show()["accelerators"]}
    pages = incident.stack.client("globalaccelerator").get_paginator("list_accelerators").paginate()
    arns = [each["AcceleratorArn"] for page in pages for each in page["Accelerators"] if each["DnsName"] == accelerator]
    assert printed.splitlines() == ["site-a+site-b", incident.stack.table_name, "site-a", "site-b", *arns]


@runs(PAGE, "Who serves now")
def test_it_is_seen_who_serves(script: str, shell: Shell, incident: Incident) -> None:
    incident.fence(survivor="site-a", fenced="site-b")

    printed = shell.run(script)

    assert printed.startswith("site-a\tHEALTHY\t128\tfalse\t")
    record = json.loads(printed[printed.index("{") : printed.index("\n}\n") + 2])
    assert (record["survivor"], record["phase"]) == ({"S": "site-a"}, {"S": "FENCED"})
    assert '{"site-b":{"status":"offline"}}\n{"site-a":{"status":"online"}}\n' in printed
    assert "SUCCEEDED\tsite-a-site-b-" in printed
    assert "request answered" in printed


@runs(PAGE, "Would it work now")
def test_a_drill_says_that_both_directions_would_work(script: str, shell: Shell, incident: Incident) -> None:
    before = incident.stack.world.show()

    printed = shell.run(script)

    assert printed.splitlines() == [
        "False alarm: site-a's Infinispan sees site-b. Nothing was changed.",
        "False alarm: site-b's Infinispan sees site-a. Nothing was changed.",
    ]
    assert incident.stack.world.show() == before


@runs(PAGE, "Fencing by hand")
def test_fencing_by_hand_leaves_one_site_that_takes_writes(script: str, shell: Shell, incident: Incident) -> None:
    incident.stack.world.cut()
    assert not incident.accepts_writes("site-a")

    printed = shell.run(script)

    assert printed.splitlines()[-1] == "offline"
    assert incident.serving == ["site-a"]
    assert incident.accepts_writes("site-a")


@runs(PAGE, "Restoring a site")
def test_a_restored_site_has_the_survivors_data_and_serves(script: str, shell: Shell, incident: Incident) -> None:
    survivor, stale = incident.infinispan("site-a"), incident.infinispan("site-b")
    incident.fence(survivor="site-a", fenced="site-b")
    assert survivor.put_value("sessions", "new", "alice").status == 204
    assert stale.put_value("sessions", "never-confirmed", "bob").status == 500
    incident.stack.world.heal()

    shell.run(script)

    assert incident.serving == ["site-a", "site-b"]
    assert incident.backups == ONLINE
    assert [site.get_value("sessions", "new") for site in (survivor, stale)] == ["alice", "alice"]
    assert stale.get_value("sessions", "never-confirmed") is None
    (endpoint,) = [each for each in incident.stack.world.show()["accelerators"] if each["site"] == "site-b"]
    assert endpoint["weight"] == 128
    assert incident.stack.world.show()["record"]["phase"] == "FENCED"


def test_a_site_that_was_fenced_by_hand_is_restored_from_the_file(shell: Shell, incident: Incident) -> None:
    incident.stack.world.cut()
    shell.run(script_of(PAGE, "Fencing by hand"))
    incident.stack.world.heal()
    first_step = shell_of(PAGE, "Restoring a site")[0].text

    shell.run(script_of(PAGE, "Restoring a site").replace(first_step.rstrip("\n"), "K=site-a\nS=site-b"))

    assert incident.serving == ["site-a", "site-b"]
    assert incident.backups == ONLINE


def test_a_decision_that_was_never_carried_out_ends_with_the_restoring(shell: Shell, incident: Incident) -> None:
    incident.fence(survivor="site-a", fenced="site-b")
    incident.stack.client("dynamodb").update_item(
        TableName=incident.stack.table_name,
        Key={"sites": {"S": "site-a+site-b"}},
        UpdateExpression="SET phase = :fencing",
        ExpressionAttributeValues={":fencing": {"S": "FENCING"}},
    )
    incident.stack.world.heal()

    shell.run(script_of(PAGE, "Restoring a site"))

    assert incident.serving == ["site-a", "site-b"]
    assert incident.stack.world.show()["record"] is None


def test_nothing_is_cleared_while_it_would_empty_the_survivor(shell: Shell, incident: Incident) -> None:
    """One of the stale site's caches refuses to take the survivor offline, so that clearing it would be replicated."""
    incident.fence(survivor="site-a", fenced="site-b")
    survivor = incident.infinispan("site-a")
    survivor.put_value("sessions", "new", "alice")
    incident.stack.world.heal()
    incident.stack.world.refuse_cache("site-b", "sessions", "not now")

    failed = shell.try_to(script_of(PAGE, "Restoring a site"))

    assert failed.returncode != 0
    assert "not every cache says ok" in failed.stderr
    assert survivor.get_value("sessions", "new") == "alice"
    assert incident.serving == ["site-a"]


@runs(PAGE, "Forcing a decision")
def test_a_forced_site_serves_and_takes_writes_and_the_next_alert_records_it(
    script: str, shell: Shell, incident: Incident
) -> None:
    incident.fence(survivor="site-a", fenced="site-b")
    incident.stack.world.kill("site-a")

    shell.run(script)

    assert incident.serving == ["site-b"]
    assert incident.accepts_writes("site-b")
    assert incident.stack.world.show()["record"] is None

    incident.fence(survivor="site-b", fenced="site-a")

    assert incident.stack.world.show()["record"]["survivor"] == "site-b"
