"""Reads scenarios from their files: YAML that holds data only, and every mistake in it is named with its place.

A file has `title`, `kind` (one of `model.KINDS`), `steps` and, at need, `world` (see WorldPlan.from_mapping) and
`parameters` (of the template).
A step is the name of an action of the world (`cut`), or one key with what it takes (`kill: site-b`). Besides the
world's actions there are `alerts`, `crash`, `aws-error`, `aws-recovers`, `infinispan-user`, `before` and `expect`;
`model` explains them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, TypeVar

import yaml

from local.scenarios.alertmanager import CAPTURED_BODIES, CapturedBody, FiringAlert
from local.scenarios.model import (
    KINDS,
    AlertsStep,
    AwsErrorStep,
    AwsRecoversStep,
    BeforeStep,
    CrashStep,
    CredentialsStep,
    Ending,
    Expectation,
    ExpectedExecution,
    ExpectStep,
    Scenario,
    Step,
    WorldStep,
)
from local.suggestion import did_you_mean
from local.world import WorldPlan
from local.world.actions import ACTIONS

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"

Part = TypeVar("Part")


class ScenarioError(ValueError):
    """A scenario doesn't exist or is malformed. The message names the file, the place in it and what is wrong."""


def names(directory: Path = SCENARIOS) -> tuple[str, ...]:
    """The names of all scenarios, in alphabetical order."""
    return tuple(sorted(path.stem for path in directory.glob("*.yaml")))


def load(name: str, directory: Path = SCENARIOS) -> Scenario:
    """The scenario of that name.

    Raises:
        ScenarioError: there is none, or its file is malformed.
    """
    path = directory / f"{name}.yaml"
    if name not in names(directory):
        hints = [did_you_mean(name, names(directory)), "`make scenarios` lists all that there are."]
        raise ScenarioError(" ".join([f"There is no scenario {name!r}.", *filter(None, hints)]))
    try:
        return _scenario(name, yaml.safe_load(path.read_text()))
    except (ValueError, yaml.YAMLError) as error:
        raise ScenarioError(f"{path.name}: {error}") from error


def _scenario(name: str, data: Any) -> Scenario:
    _only_keys(data, ("title", "kind", "world", "parameters", "steps"), ("title", "kind", "steps"), "scenario")
    if data["kind"] not in KINDS:
        raise ScenarioError(f"kind: should be one of {', '.join(KINDS)}.")
    return Scenario(
        name=name,
        title=data["title"],
        kind=data["kind"],
        world=WorldPlan.from_mapping(data.get("world")),
        parameters={key: str(value) for key, value in data.get("parameters", {}).items()},
        steps=_steps(data["steps"], "steps"),
    )


def _steps(data: Any, where: str) -> tuple[Step, ...]:
    if not isinstance(data, list):
        raise ScenarioError(f"{where}: should be a list.")
    return tuple(_step(item, f"{where}[{number}]") for number, item in enumerate(data, start=1))


def _step(item: Any, where: str) -> Step:
    if isinstance(item, str):
        item = {item: {}}
    if not isinstance(item, Mapping) or len(item) != 1:
        raise ScenarioError(f"{where}: should be the name of a step, or one key with what it takes.")
    ((name, value),) = item.items()
    where = f"{where} {name}"
    if name in ACTIONS:
        return _world_step(name, value, where)
    if name not in _READERS:
        raise ScenarioError(f"{where}: no such step. There are: {', '.join(sorted([*_READERS, *ACTIONS]))}.")
    return _READERS[name](value, where)


def _world_step(name: str, value: Any, where: str) -> WorldStep:
    action = ACTIONS[name]
    parameters = action.parameters
    given = value if isinstance(value, Mapping) else {parameters[0]: value} if len(parameters) == 1 else None
    arguments = None if given is None else action.completed(given)
    if arguments is None:
        raise ScenarioError(f"{where}: takes {', '.join(parameters) or 'nothing'}.")
    return WorldStep(name, arguments)


def _alerts(value: Any, where: str) -> AlertsStep:
    return AlertsStep(tuple(_body(item, f"{where}[{number}]") for number, item in enumerate(_list(value, where), 1)))


def _body(item: Any, where: str) -> FiringAlert | CapturedBody:
    if isinstance(item, Mapping) and "body" in item:
        _only_keys(item, ("body",), ("body",), where)
        if not (CAPTURED_BODIES / item["body"]).is_file():
            raise ScenarioError(f"{where}: there is no captured body {item['body']}.")
        return CapturedBody(item["body"])
    return _part(FiringAlert, item, where)


def _before(value: Any, where: str) -> BeforeStep:
    _only_keys(value, ("function", "steps"), ("function", "steps"), where)
    return BeforeStep(value["function"], _steps(value["steps"], f"{where}.steps"))


def _credentials(value: Any, where: str) -> CredentialsStep:
    if value not in ("admin", "observer", "stranger"):
        raise ScenarioError(f"{where}: should be admin, observer or stranger.")
    return CredentialsStep(value)


def _expect(value: Any, where: str) -> ExpectStep:
    readers: Mapping[str, Callable[[Any, str], Any]] = {
        "answers": lambda data, at: tuple(_answer(item, at) for item in _list(data, at)),
        "executions": lambda data, at: tuple(_execution(item, at) for item in _list(data, at)),
        "endpoints": lambda data, at: tuple(_list(data, at)),
        "told": lambda data, at: {site: tuple(_list(told, at)) for site, told in data.items()},
    }
    read = {key: readers[key](data, f"{where}.{key}") if key in readers else data for key, data in value.items()}
    return ExpectStep(_part(Expectation, read, where))


def _answer(item: Any, where: str) -> Mapping[str, Any]:
    answer = {"status": item} if isinstance(item, int) else item
    if not isinstance(answer, Mapping) or "status" not in answer:
        raise ScenarioError(f"{where}: should be a status, or a mapping with one.")
    return answer


def _execution(item: Any, where: str) -> ExpectedExecution:
    about = [key for key in ("reporter", "site", "accelerator") if key in item]
    endings = item.get("one_of") or [{key: value for key, value in item.items() if key not in about}]
    if "one_of" in item:
        _only_keys(item, (*about, "one_of"), ("reporter", "site"), where)
    return _part(
        ExpectedExecution,
        {**{key: item[key] for key in about}, "one_of": tuple(_ending(ending, where) for ending in endings)},
        where,
    )


def _ending(item: Any, where: str) -> Ending:
    path = {"path": tuple(_list(item["path"], f"{where}.path"))} if "path" in item else {}
    return _part(Ending, {**item, **path}, where)


_READERS: Mapping[str, Callable[[Any, str], Step]] = {
    "alerts": _alerts,
    "crash": lambda value, where: _part(CrashStep, value, where),
    "aws-error": lambda value, where: _part(AwsErrorStep, value, where),
    "aws-recovers": lambda value, where: _part(AwsRecoversStep, value, where),
    "infinispan-user": _credentials,
    "before": _before,
    "expect": _expect,
}


def _part(kind: type[Part], data: Any, where: str) -> Part:
    known = fields(kind)  # type: ignore[arg-type]  # every part is a dataclass
    required = [item.name for item in known if item.default is MISSING and item.default_factory is MISSING]
    _only_keys(data, [item.name for item in known], required, where)
    return kind(**data)


def _only_keys(data: Any, known: Sequence[str], required: Sequence[str], where: str) -> None:
    if not isinstance(data, Mapping):
        raise ScenarioError(f"{where}: should be a mapping with {', '.join(known)}.")
    if unknown := sorted(set(data) - set(known)):
        raise ScenarioError(f"{where}: unknown {', '.join(unknown)}; there are {', '.join(known)}.")
    if missing := [key for key in required if key not in data]:
        raise ScenarioError(f"{where}: {', '.join(missing)} missing.")


def _list(data: Any, where: str) -> list[Any]:
    if not isinstance(data, list):
        raise ScenarioError(f"{where}: should be a list.")
    return data
