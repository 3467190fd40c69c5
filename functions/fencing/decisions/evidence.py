"""What the reporter's own Infinispan says about the other site."""

from collections.abc import Collection
from enum import StrEnum

from fencing.alert import Alert


class Evidence(StrEnum):
    """What follows from the `sites_view` of the reporter's Infinispan."""

    GONE = "Gone"
    IN_VIEW = "InView"
    UNKNOWN = "Unknown"


def read_evidence(sites_view: Collection[str], alert: Alert) -> Evidence:
    """Interpret the `sites_view` of the reporter's Infinispan, which only a relay node fills in."""
    if alert.offline_site in sites_view:
        return Evidence.IN_VIEW
    return Evidence.GONE if alert.reporter in sites_view else Evidence.UNKNOWN
