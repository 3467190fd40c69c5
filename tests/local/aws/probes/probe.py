"""What a probe is, and how one is run: in moto of this process, or at any endpoint of AWS, as tests/aws does it."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from botocore.exceptions import ClientError
from moto import mock_aws
from moto.core.base_backend import BackendDict


@dataclass(frozen=True)
class Place:
    """Where probes run. By default that is moto in this process, with nothing else in the account.

    prefix: what all names there begin with; it is left out of what a probe has seen. tag: what stacks carry.
    role: the ARN of one that Step Functions may assume, to publish messages and put events.
    """

    prefix: str = ""
    tag: str = "probe"
    role: str = "arn:aws:iam::123456789012:role/any"
    account: str = "123456789012"

    @property
    def is_moto(self) -> bool:
        return not self.prefix


_here = Place()
_numbers = itertools.count()


@dataclass(frozen=True)
class Probe:
    """What is seen in plain and in repaired moto; the latter is what AWS should show, too.

    `only_in_moto` says why that can't be looked at elsewhere; "" if it can.
    """

    function: Callable[[], Any]
    plain: Any
    repaired: Any
    only_in_moto: str = ""

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

    def observe_at(self, place: Place) -> Any:
        """What the function returns in an account that may hold other things; errors are the caller's."""
        global _here  # noqa: PLW0603  (probes are plain functions, like what they look at)
        before, _here = _here, place
        try:
            seen = json.dumps(self.function()).replace(place.prefix, "")
        finally:
            _here = before
        return json.loads(seen.replace(place.account, Place.account))


class Probes(list[Probe]):
    """The probes of a module."""

    def add(
        self, *, plain: Any, repaired: Any, only_in_moto: str = ""
    ) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
        """Register the decorated function, with its observation in plain and in repaired moto, both JSON."""

        def register(function: Callable[[], Any]) -> Callable[[], Any]:
            self.append(Probe(function, plain, repaired, only_in_moto))
            return function

        return register


def name(part: str) -> str:
    """What something of a probe is called here."""
    return f"{_here.prefix}{part}"


def new_name(part: str) -> str:
    """The same, never twice: AWS takes a while to forget a name."""
    return name(f"{part}{next(_numbers)}")


def role() -> str:
    """The ARN of a role for a state machine."""
    return _here.role


def tags() -> Any:
    """What stacks carry, so that they are found if they are left behind."""
    return [{"Key": _here.tag, "Value": "probe"}]


def pause(seconds: float) -> None:
    """Wait until AWS may have finished something; moto has."""
    time.sleep(0.005 if _here.is_moto else seconds)


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
    """`owner.name` of moto is `value` for a while. Elsewhere there is nothing to replace."""
    if not _here.is_moto:
        yield
        return
    before = vars(owner)[name]
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)
