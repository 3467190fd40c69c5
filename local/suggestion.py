"""What somebody may have meant who mistyped a name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_AT_MOST = 3


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A question that names the known names nearest to this one; empty when none is near."""
    names = list(known)
    containing = [each for each in names if name and name in each]
    similar = difflib.get_close_matches(name, names, n=_AT_MOST)
    near = list(dict.fromkeys([*containing, *similar]))[:_AT_MOST]
    return f"Did you mean {' or '.join(near)}?" if near else ""
