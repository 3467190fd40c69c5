"""The simulated world around the stack: sites, load balancers and accelerators, and what can happen to them."""

from local.world.plan import AcceleratorPlan, ListenerPlan, SitePlan, WorldPlan
from local.world.world import World

__all__ = ["AcceleratorPlan", "ListenerPlan", "SitePlan", "World", "WorldPlan"]
