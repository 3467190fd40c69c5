"""The handlers as Lambda calls them: an event, a context, an environment."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local.aws.in_process import LambdaContext

FUNCTIONS = (
    "webhook",
    "resolve_accelerator",
    "check_reporter",
    "claim_fence",
    "update_endpoint_group",
    "take_site_offline",
)
Invoke = Callable[[str, dict[str, Any]], dict[str, Any]]


@pytest.fixture
def invoke() -> Iterator[Invoke]:
    """Calls a function's handler in a new execution environment: what it kept in a former test is gone."""
    modules = {name: importlib.import_module(f"{name}.app") for name in FUNCTIONS}

    def call(name: str, event: dict[str, Any]) -> dict[str, Any]:
        context = LambdaContext(name, f"arn:aws:lambda:us-west-2:123456789012:function:{name}")
        answer: dict[str, Any] = modules[name].handler(event, context)
        return answer

    yield call
    for module in modules.values():
        module.step.cache_clear()
