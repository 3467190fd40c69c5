"""How moto is changed: one attribute of one class or module at a time, once per process."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

_replaced: set[tuple[Any, str, str]] = set()


def replace_method(owner: Any, name: str, replacement: Callable[..., Any]) -> None:
    """Let calls of `owner.name` reach `replacement(original, *args, **kwargs)` instead.

    A second call with the same replacement does nothing; another replacement gets the first one as its original.
    `owner` is a class or a module. A static or class method stays one; `original` is then already bound. So does a
    property; `original` is then its getter.
    A method that `owner` inherits is replaced for `owner` only. Raises AttributeError when there is none, for instance
    after an update of moto.
    """
    key = (owner, name, f"{replacement.__module__}.{replacement.__qualname__}")
    if key in _replaced:
        return
    declared = inspect.getattr_static(owner, name)
    original: Any = declared
    if isinstance(declared, classmethod | staticmethod):
        original = declared.__func__
    elif isinstance(declared, property):
        original = declared.fget

    @functools.wraps(original)
    def repaired(*args: Any, **kwargs: Any) -> Any:
        return replacement(original, *args, **kwargs)

    _replaced.add(key)
    kind = type(declared) if isinstance(declared, classmethod | staticmethod | property) else _as_is
    setattr(owner, name, kind(repaired))


def _as_is(function: Callable[..., Any]) -> Callable[..., Any]:
    return function
