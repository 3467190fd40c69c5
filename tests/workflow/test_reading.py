"""A mistake in a scenario's file is named, with its place: a step that is misread would be a test that can't fail."""

from pathlib import Path

import pytest

from local.scenarios import reading
from local.scenarios.alertmanager import FiringAlert
from local.scenarios.model import AlertsStep, BeforeStep, CrashStep, ExpectStep, Scenario, WorldStep
from local.scenarios.reading import ScenarioError


def read(tmp_path: Path, text: str) -> Scenario:
    (tmp_path / "example.yaml").write_text(text)
    return reading.load("example", tmp_path)


def steps(tmp_path: Path, *lines: str) -> tuple[object, ...]:
    return read(tmp_path, "title: T\nkind: loss\nsteps:\n" + "\n".join(f"  - {line}" for line in lines)).steps


def test_a_scenario_is_read(tmp_path: Path) -> None:
    assert steps(
        tmp_path,
        "cut",
        "kill: site-b",
        "health: {site: site-a, state: INITIAL}",
        "alerts: [{reporter: site-a, site: site-b}]",
        "crash: {function: ClaimFenceFunction, after: response}",
        "before: {function: ClaimFenceFunction, steps: [heal]}",
        "sleep",
        "sleep: 30",
    ) == (
        WorldStep("cut", {}),
        WorldStep("kill", {"site": "site-b"}),
        WorldStep("health", {"site": "site-a", "state": "INITIAL"}),
        AlertsStep((FiringAlert("site-a", "site-b"),)),
        CrashStep("ClaimFenceFunction", times=1, after="response"),
        BeforeStep("ClaimFenceFunction", (WorldStep("heal", {}),)),
        WorldStep("sleep", {"seconds": 90}),
        WorldStep("sleep", {"seconds": 30}),
    )


def test_a_short_execution_has_one_ending(tmp_path: Path) -> None:
    text = "expect: {executions: [{reporter: a, site: b, outcome: Fenced, sentence: S, path: [P]}]}"
    (step,) = steps(tmp_path, text)
    assert isinstance(step, ExpectStep)
    assert step.expectation.executions is not None
    (execution,) = step.expectation.executions
    assert [ending.path for ending in execution.one_of] == [("P",)]


@pytest.mark.parametrize(
    ("step", "complaint"),
    [
        ("cutt", r"steps\[1\] cutt: no such step. There are: .*alerts.*cut, "),
        ("kill", r"steps\[1\] kill: takes site\."),
        ("health: site-a", r"takes site, state\."),
        ("alerts: {reporter: site-a}", "should be a list"),
        ("alerts: [{reporter: site-a}]", r"alerts\[1\]: site missing\."),
        ("alerts: [{body: none.json}]", "there is no captured body none.json"),
        ("alerts: [{reporter: a, site: b, since: 1}]", "unknown since; there are reporter, site,"),
        ("crash: {times: 2}", "function missing"),
        ("infinispan-user: root", "should be admin, observer or stranger"),
        ("expect: {endpoint: [site-a]}", "unknown endpoint; there are answers,"),
        ("expect: {answers: [{body: 1}]}", "should be a status, or a mapping with one"),
        ("expect: {executions: [{reporter: a, site: b, outcome: Fenced}]}", "sentence missing"),
        ("expect: {executions: [{reporter: a, site: b, one_of: [], outcome: Fenced}]}", "unknown outcome"),
        ("before: {function: F, steps: [nothing]}", r"before.steps\[1\] nothing: no such step"),
        ("{cut: {}, heal: {}}", "should be the name of a step, or one key"),
    ],
)
def test_a_wrong_step_is_named(tmp_path: Path, step: str, complaint: str) -> None:
    with pytest.raises(ScenarioError, match=complaint):
        steps(tmp_path, step)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("steps: []", "title, kind missing"),
        ("title: T\nkind: loss\nsteps: []\nwrold: {}", "unknown wrold"),
        ("title: T\nkind: loss\nsteps: []\nworld: {site: {}}", "WorldPlan has no"),
        ("title: [", r"example\.yaml: "),
        ("- cut", "should be a mapping"),
        ("title: T\nsteps: []", "kind missing"),
        ("title: T\nkind: luck\nsteps: []", "kind: should be one of loss, doubt"),
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(ScenarioError, match=complaint):
        read(tmp_path, text)


@pytest.mark.parametrize(
    ("name", "hint"),
    [("oen", r" Did you mean one\? `make"), ("nonsense", r" `make scenarios` lists all")],
)
def test_an_unknown_scenario_is_answered_with_what_was_meant(tmp_path: Path, name: str, hint: str) -> None:
    (tmp_path / "one.yaml").write_text("title: T\nkind: loss\nsteps: []")
    with pytest.raises(ScenarioError, match=rf"There is no scenario '{name}'\.{hint}"):
        reading.load(name, tmp_path)
