"""Whose endpoint is it? By the `site` tag of the load balancer; for the offline site, at need, by elimination.

Or by the stack's parameters, for load balancers whose tags can't be read: those of other accounts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fencing.alert import Alert
from fencing.errors import LoadBalancerTagsUnavailable, SitesNotIdentified
from fencing.settings import Sites
from fencing.topology import SiteTag, UnreadableTag


@dataclass(frozen=True, slots=True)
class Identification:
    """Endpoint id -> site, and how it was found out."""

    site_of: Mapping[str, str]
    reason: str


def identify_by_parameters(endpoint_ids: Iterable[str], load_balancers: Mapping[str, str]) -> Identification:
    """Tell the sites of all endpoints; `load_balancers` maps an ARN to the site whose parameter gives it.

    Raises:
        SitesNotIdentified: an endpoint is given for neither site.
    """
    unknown = sorted(set(endpoint_ids) - load_balancers.keys())
    if unknown:
        raise SitesNotIdentified(
            f"Neither the parameter SiteALoadBalancerArns nor SiteBLoadBalancerArns gives the endpoint "
            f"{' and '.join(unknown)}."
        )
    return Identification(load_balancers, "Every endpoint was identified by the parameters of the stack.")


def identify_by_tags(tags: Mapping[str, SiteTag], sites: Sites, alert: Alert) -> Identification:
    """Tell the sites of all endpoints; `tags` maps an endpoint id to its load balancer's `site` tag.

    The offline site's tag is never mandatory, for its region may be gone: when the reporter's endpoint is known by tag,
    and exactly one endpoint is left whose tag can't be read, that one is the offline site's.

    Raises:
        SitesNotIdentified: a tag is missing or names none of the stack's sites.
        LoadBalancerTagsUnavailable: too little can be read to eliminate.
    """
    surprising = sorted(
        f"{endpoint} {f'carries the tag site={tag}' if tag else 'has no tag site'}"
        for endpoint, tag in tags.items()
        if not isinstance(tag, UnreadableTag) and tag not in sites
    )
    if surprising:
        raise SitesNotIdentified(f"The sites of this stack are {sites}, but {', and '.join(surprising)}.")

    known = {endpoint: tag for endpoint, tag in tags.items() if isinstance(tag, str)}
    unread = {endpoint: tag for endpoint, tag in tags.items() if isinstance(tag, UnreadableTag)}
    if not unread:
        return Identification(known, "Every endpoint was identified by its load balancer's tag.")

    why = ", and ".join(sorted(f"{endpoint} ({reason.value})" for endpoint, reason in unread.items()))
    if len(unread) > 1 or alert.reporter not in known.values() or alert.offline_site in known.values():
        raise LoadBalancerTagsUnavailable(f"The site of {why} can't be told, neither by tag nor by elimination.")
    (endpoint,) = unread
    return Identification(
        known | {endpoint: alert.offline_site},
        f"The tag can't be read of {why}; by elimination it is {alert.offline_site}'s.",
    )
