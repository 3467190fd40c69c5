"""A machine without the programs is told which, and how to get them. Needs none of them."""

from __future__ import annotations

import pytest

from local.commands.real import main
from local.tools import ALL_TOOLS, KUSTOMIZE, ToolsMissing, require


def test_everything_that_is_missing_is_named_at_once_with_a_command_for_each_system(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "")

    with pytest.raises(ToolsMissing) as missing:
        require(*ALL_TOOLS, KUSTOMIZE)

    message = str(missing.value)
    for tool in (*ALL_TOOLS, KUSTOMIZE):
        assert f"  {tool.name}\n" in message
        for command in (tool.debian, tool.fedora, tool.macos):
            assert f"    {command}\n" in f"{message}\n"
    assert max(map(len, message.splitlines())) <= 80


def test_the_demo_says_so_before_it_starts_anything(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")

    assert main(["demo"]) == 1

    printed = capsys.readouterr()
    assert printed.out == ""
    for tool in ALL_TOOLS:
        assert f"  {tool.name}\n" in printed.err
