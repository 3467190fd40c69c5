"""The README, followed from top to bottom in an account without a stack."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from local.aws import LocalAws, client
from local.sam import cli as sam
from local.world import World, WorldPlan
from tests.documents.commands import runs
from tests.documents.shell import Shell

pytestmark = [pytest.mark.sam, pytest.mark.slow, pytest.mark.xdist_group("documents-readme")]

PAGE = "README.md"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, str]]:
    """Two sites in front of which there is an accelerator, and the address of this AWS."""
    plan = WorldPlan()
    with LocalAws(log_directory=tmp_path_factory.mktemp("account")) as aws, World.sites_for(plan) as sites:
        made = World(lambda service, region: client(service, region, aws.endpoint_url), sites, plan)
        made.seed()
        yield made, aws.endpoint_url


@pytest.fixture
def shell(project: Path, world: tuple[World, str]) -> Shell:
    return Shell(project, world[1])


@runs(PAGE, "Deploy")
def test_the_stack_is_deployed_with_the_answers(script: str, shell: Shell, world: tuple[World, str]) -> None:
    shell.run(script, typed=answers(world[0]))

    assert {"WebhookUrl", "FenceTableName"} <= sam.outputs(shell.endpoint_url or "", "site-fencing").keys()
    saved = (shell.directory / "samconfig.toml").read_text()
    assert "parameter_overrides" in saved


def answers(world: World) -> str:
    """Enter for every question but those that have no default: the sites, and the one about the public URL."""
    template = yaml.load((sam.PROJECT / "template.yaml").read_text(), Loader=yaml.BaseLoader)
    given = world.stack_parameters()
    parameters = [given.get(name, "").replace("\n", " ") for name in template["Parameters"]]
    stack_name, region, confirm, roles, keep_rollback = [""] * 5
    public_url, save, file, environment, deploy = "y", "", "", "", "y"
    questions = [stack_name, region, *parameters, confirm, roles, keep_rollback, public_url, save, file, environment]
    return "\n".join([*questions, deploy, ""])


@runs(PAGE, "Connect")
def test_the_webhook_answers_to_its_credentials(script: str, shell: Shell) -> None:
    printed = shell.run(script)

    url = sam.outputs(shell.endpoint_url or "", "site-fencing")["WebhookUrl"]
    assert printed.splitlines()[0] == url
    assert re.search(r"^HTTP/1.1 200 ", printed, re.MULTILINE)
    assert json.loads(printed.splitlines()[-1]) == {"executions": [], "ignored": 1}
    credentials = (shell.directory / "cluster/openshift/credentials/webhook.env").read_text()
    assert re.fullmatch(r"username=alertmanager\npassword=\w{40}\n", credentials)


@runs("docs/operating.md", "Removing the stack")
def test_the_stack_and_its_table_are_removed(script: str, shell: Shell) -> None:
    shell.run(script)

    stacks = client("cloudformation", sam.REGION, shell.endpoint_url or "").list_stacks()["StackSummaries"]
    assert [one["StackStatus"] for one in stacks if one["StackName"] == "site-fencing"] == ["DELETE_COMPLETE"]
    assert client("dynamodb", sam.REGION, shell.endpoint_url or "").list_tables()["TableNames"] == []


@runs(PAGE, "Try it without an account")
def test_the_demo_ends_well(script: str, project: Path) -> None:
    printed = Shell(project, None).run(script)

    assert re.search(r"As this scenario expects: users can log in, and site-[ab] serves them\.\n$", printed)
    shown = re.search(r"```text\n(split-brain.*?)```", (sam.PROJECT / PAGE).read_text(), re.DOTALL)
    assert shown is not None
    assert [line for line in shown[1].splitlines() if not is_said(line, printed)] == []


def is_said(line: str, printed: str) -> bool:
    """Whether the demo printed such a line, apart from names, times and who was faster."""
    pattern = re.escape(" ".join(line.split()))
    pattern = re.sub(r"site\\-[ab]", "site-[ab]", pattern)
    pattern = re.sub(r"\d+\\\.\d+\\ s", r"\\d+[.]\\d+ s", pattern).replace(r"\.\.\.", ".*")
    return re.search(pattern, " ".join(printed.split())) is not None
