"""The two metrics that tell about the other site, in the Prometheus text format, named as in Infinispan 16.0.7."""

from __future__ import annotations

from local.sites.simulated.state import ONLINE, ClusterState

# XSiteViewMetrics: 0 offline, 1 online, 2 not known because this node is not the primary relay node.
SITE_OFFLINE, SITE_ONLINE, NOT_A_RELAY_NODE = 0, 1, 2


def exposition(state: ClusterState, node: str, *, is_relay: bool) -> str:
    """The page that Prometheus scrapes: what the node sees of the other site, and the backup status of every cache."""
    labels = f'cache_manager="default",node="{node}",site="{state.other_site}"'
    sees = state.link.sees(state.site, state.other_site)
    view = (SITE_ONLINE if sees else SITE_OFFLINE) if is_relay else NOT_A_RELAY_NODE
    lines = [
        "# TYPE jgroups_site_view_status gauge",
        f"jgroups_site_view_status{{{labels}}} {view:.1f}",
        "# TYPE infinispan_x_site_admin_status gauge",
    ]
    for cache in state.cache_names:
        online = state.backup_status(cache) == ONLINE
        lines.append(f'infinispan_x_site_admin_status{{cache="{cache}",{labels}}} {int(online):.1f}')
    return "\n".join(lines) + "\n"
