"""The simulated world around the stack: sites, load balancers and accelerators, and what can happen to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.world.plan import AcceleratorPlan, ListenerPlan, SitePlan, WorldPlan

if TYPE_CHECKING:
    from local.world.world import World

__all__ = ["AcceleratorPlan", "ListenerPlan", "SitePlan", "World", "WorldPlan"]


def __getattr__(name: str) -> type[World]:
    """World comes when it is asked for: it brings all of moto, two seconds of imports, and a plan needs none of it."""
    if name != "World":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from local.world.world import World  # noqa: PLC0415

    return World
