from __future__ import annotations

from typing import Any

from local.world.text import render

FENCED: dict[str, Any] = {
    "endpoints": ["site-a"],
    "infinispan": {"site-a": {"site-b": "offline"}, "site-b": {"site-a": "unreachable"}},
    "record": {"generation": 1, "survivor": "site-a", "fencedAt": None, "removed": [{"weight": 128}, {"weight": 64}]},
    "executions": [
        {"name": "b", "status": "RUNNING", "code": None, "sentence": None},
        {"name": "a", "status": "SUCCEEDED", "code": "Fenced", "sentence": "Fenced site-b."},
    ],
    "link": "cut",
    "sees": {"site-a": ["site-a"], "site-b": None},
    "told": {"site-a": ["take-offline site-b"], "site-b": []},
    "accelerators": [
        {
            "accelerator": "a1.awsglobalaccelerator.com",
            "port": 443,
            "region": "eu-west-1",
            "site": "site-a",
            "health": "HEALTHY",
            "weight": 128,
        }
    ],
}

EXPECTED = """\
Accelerators
  a1.awsglobalaccelerator.com  443  eu-west-1  site-a  HEALTHY  weight 128

Infinispan (link cut)
  site-a  site-b is offline      sees site-a     was told: take-offline site-b
  site-b  site-a is unreachable  doesn't answer  was told: nothing

Fence record
  generation  1
  survivor    site-a
  removed     weight 128
              weight 64

Executions, newest first
  b  RUNNING  not ended
  a  SUCCEEDED  Fenced
    Fenced site-b."""


def test_a_fenced_world() -> None:
    assert render(FENCED) == EXPECTED


def test_an_empty_world_says_what_is_missing() -> None:
    empty = {**FENCED, "accelerators": [], "record": None, "executions": [], "sees": {"site-a": [], "site-b": []}}

    text = render(empty)

    assert "no endpoint: nobody is served" in text
    assert "Fence record\n  none" in text
    assert text.endswith("newest first\n  none")
    assert "sees unknown" in text
