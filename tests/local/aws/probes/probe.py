"""What a probe is, and how one is run."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from botocore.exceptions import ClientError
from moto import mock_aws
from moto.core.base_backend import BackendDict


@dataclass(frozen=True)
class Probe:
    function: Callable[[], Any]
    plain: Any
    repaired: Any

    @property
    def name(self) -> str:
        return f"{self.function.__module__.rpartition('.')[2]}.{self.function.__name__}"

    def observe(self) -> Any:
        """What the function returns in an empty account; an error is an observation too: "raises" and its class."""
        BackendDict.reset()
        try:
            return self.function()
        except Exception as error:  # noqa: BLE001  (plain moto raises what it likes)
            return f"raises {type(error).__name__}"


class Probes(list[Probe]):
    """The probes of a module."""

    def add(self, *, plain: Any, repaired: Any) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
        """Register the decorated function, with its observation in plain and in repaired moto, both JSON."""

        def register(function: Callable[[], Any]) -> Callable[[], Any]:
            self.append(Probe(function, plain, repaired))
            return function

        return register


@contextlib.contextmanager
def account() -> Iterator[None]:
    """Where probes can be run: `mock_aws` takes too long to start for one each."""
    executing = mock_aws(config={"stepfunctions": {"execute_state_machine": True}})
    with patch.dict(os.environ, {"AWS_DEFAULT_REGION": "us-west-2", "AWS_MAX_ATTEMPTS": "1"}), executing:
        yield


def error_code(call: Callable[[], Any]) -> str:
    """The error code that the call ends with; "none" when it succeeds."""
    try:
        call()
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "none"


@contextlib.contextmanager
def replaced(owner: Any, name: str, value: Any) -> Iterator[None]:
    """`owner.name` is `value` for a while."""
    before = vars(owner)[name]
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)
