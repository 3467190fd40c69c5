"""The pages' commands before they are run: complete, clean, with a region, and none that no test runs."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from fencing.outcome import OutcomeCode
from local.sam.cli import PROJECT
from tests.documents import test_guides, test_local, test_operating, test_readme
from tests.documents.commands import NOT_RUN, RUN, calls_of_aws, is_left_out, script_of
from tests.documents.pages import PAGES, SHELL, anchor_of, code_of, definitions_for, headings_of, shell_of, text_of

WITH_COMMANDS = tuple(dict.fromkeys((page, code.section) for page in PAGES for code in shell_of(page)))
RUNNING = (test_guides, test_local, test_operating, test_readme)
# sam finds these two's region in samconfig.toml, or needs none.
WITHOUT_REGION = re.compile(r"sam (build|deploy)\b")
LANGUAGES = {SHELL, "text", "json"}
SHELLCHECK = Path(sys.executable).with_name("shellcheck")

each_page = pytest.mark.parametrize("page", PAGES)
each_section = pytest.mark.parametrize(("page", "section"), WITH_COMMANDS, ids=anchor_of)


@each_page
def test_code_says_what_it_is(page: str) -> None:
    assert [f"{page}:{code.line}" for code in code_of(page) if code.language not in LANGUAGES] == []


def test_every_command_is_run_by_a_test() -> None:
    assert RUNNING
    lines = {one: [line for code in shell_of(*one) for line in code.lines] for one in WITH_COMMANDS}
    assert {one for one in WITH_COMMANDS if not all(map(is_left_out, lines[one]))} == RUN


def test_nothing_is_left_out_that_is_not_there() -> None:
    lines = [line for page in PAGES for code in shell_of(page) for line in code.lines]
    assert {beginning for beginning in NOT_RUN if not any(line.startswith(beginning) for line in lines)} == set()


@each_page
def test_what_is_left_out_is_a_whole_command(page: str) -> None:
    """Then the others don't miss a part of theirs, and a shell could read it."""
    left_out = [line for code in shell_of(page) for line in code.lines if is_left_out(line)]
    assert [line for line in left_out if re.search(r"[|&;<>`$]", line) or not shlex.split(line)] == []


@each_page
def test_the_targets_and_folders_of_what_is_left_out_are_there(page: str) -> None:
    left_out = [line for code in shell_of(page) for line in code.lines if is_left_out(line)]
    folders = [shlex.split(line)[-1] for line in left_out if re.match(r"oc (apply|delete) ", line)]
    assert [folder for folder in folders if not (PROJECT / folder / "kustomization.yaml").is_file()] == []
    for line in left_out:
        if line.startswith("make "):
            subprocess.run([*shlex.split(line), "--dry-run"], cwd=PROJECT, check=True, capture_output=True)


@each_section
def test_every_variable_is_defined_and_every_word_quoted(page: str, section: str) -> None:
    checked = subprocess.run(
        [SHELLCHECK, "--shell=bash", "--enable=check-unassigned-uppercase,quote-safe-variables", "-"],
        input="set -o pipefail\n" + script_of(page, section),
        text=True,
        capture_output=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout


@each_page
def test_every_call_of_aws_names_its_region(page: str) -> None:
    calls = [call for code in shell_of(page) for line in code.lines for call in calls_of_aws(line)]
    assert [call for call in calls if "--region" not in call and not WITHOUT_REGION.match(call)] == []


def test_calls_of_aws_are_found() -> None:
    line = 'X=$(aws sts get-caller-identity --region r | jq .); jq . | aws s3 ls "$(sam list .)" && say aws'
    assert [call.split()[:2] for call in calls_of_aws(line)] == [["aws", "sts"], ["aws", "s3"], ["sam", "list"]]


@each_page
def test_a_link_to_a_heading_finds_it(page: str) -> None:
    """That the file is there, tests/repository looks."""
    links = re.findall(r"\]\(([^)#\s]*)#([^)\s]+)\)", text_of(page))
    missing = []
    for target, anchor in links:
        linked = (PROJECT / page).parent / target if target else PROJECT / page
        name = str(linked.resolve().relative_to(PROJECT))
        if anchor not in map(anchor_of, headings_of(name)):
            missing.append(f"{target}#{anchor}")
    assert missing == []


def test_the_runbook_has_a_heading_for_every_outcome() -> None:
    """Messages may cite them: an anchor, once published, stays."""
    codes = [*OutcomeCode, "NobodyWasTold"]
    assert [heading for heading in headings_of("docs/operating.md") if heading in codes] == codes


def test_the_readme_leads_to_every_page() -> None:
    pages = {page for page in PAGES if page.startswith("docs/")} | {"CONTRIBUTING.md", "CHANGELOG.md", "LICENSE"}
    linked = {name for name in pages if f"]({name}" in text_of("README.md")}
    assert linked == pages


def test_sections_build_on_what_they_say() -> None:
    assert definitions_for("docs/security.md", "Rotating the webhook's credentials")
    assert not definitions_for("README.md", "Connect")
