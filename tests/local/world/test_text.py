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
  a1.awsglobalaccelerator.com
    443  eu-west-1  site-a  HEALTHY  weight 128

Infinispan (link cut)
  site-a  site-b is offline      sees site-a
          was told: take-offline site-b
  site-b  site-a is unreachable  doesn't answer
          was told: nothing

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
    assert render(FENCED, 80) == EXPECTED


def test_executions_can_be_left_out() -> None:
    assert render(FENCED, 80, executions=False) == EXPECTED.partition("\n\nExecutions")[0]


def test_nothing_is_wider_than_it_may_be() -> None:
    group = "arn:aws:globalaccelerator::123456789012:accelerator/7a55eafd/listener/2af68ed6/endpoint-group/db25dbf073df"
    wide = {
        **FENCED,
        "record": {"removed": [{"endpointGroupArn": group, "weight": 128}]},
        "told": {"site-a": ["take-offline site-b", "bring-online site-b"] * 3, "site-b": ["take-offline site-a"] * 9},
        "executions": [{"name": "a", "status": "FAILED", "code": "Refused", "sentence": f"In {group} nobody is left."}],
    }

    text = render(wide, 60)

    assert max(map(len, text.splitlines())) <= 60
    assert "  removed  endpointGroupArn arn:aws:g...t-group/db25dbf073df" in text
    assert "was told: take-offline site-a (9 times)" in text


def test_an_empty_world_says_what_is_missing() -> None:
    empty = {**FENCED, "accelerators": [], "record": None, "executions": [], "sees": {"site-a": [], "site-b": []}}

    text = render(empty, 80)

    assert "no endpoint: nobody is served" in text
    assert "Fence record\n  none" in text
    assert text.endswith("newest first\n  none")
    assert "sees unknown" in text
