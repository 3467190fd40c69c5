"""What `local.aws` names is there, for whoever imports it and for the type checker alike."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from local import aws


@pytest.mark.parametrize("name", aws.__all__)
def test_every_name_is_there(name: str) -> None:
    assert getattr(aws, name) is not None


def test_the_type_checker_is_told_the_same_modules() -> None:
    imports = [node for node in ast.walk(ast.parse(Path(aws.__file__).read_text())) if isinstance(node, ast.ImportFrom)]
    told = {
        alias.name: str(node.module).removeprefix("local.aws.")
        for node in imports
        if str(node.module).startswith("local.aws.")
        for alias in node.names
    }
    assert told == aws._MODULE_OF
    assert sorted(told) == sorted(aws.__all__)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match=r"module 'local\.aws' has no attribute 'nope'"):
        aws.nope  # noqa: B018
