"""Resolve Accelerator: from the alert's DNS name to all endpoints of the stack's accelerators, and their sites."""

from collections.abc import Mapping
from dataclasses import dataclass

from fencing.adapters.global_accelerator import GlobalAccelerator
from fencing.adapters.load_balancer_tags import LoadBalancerTags
from fencing.alert import Alert
from fencing.decisions.identify_sites import identify_by_parameters, identify_by_tags
from fencing.errors import AcceleratorNotFound, InvalidInput
from fencing.settings import Sites
from fencing.topology import Topology


@dataclass(frozen=True, slots=True)
class Resolved:
    """The topology, and how the sites were told apart."""

    topology: Topology
    reason: str


@dataclass(frozen=True, slots=True)
class ResolveAccelerator:
    """All of the stack's accelerators are resolved and fenced together, whichever of them the alert names.

    They are given either by ARN, which needs no listing, or by DNS name. `load_balancers` maps ARNs to sites; unless it
    is empty, no tag is read.
    """

    accelerators: GlobalAccelerator
    tags: LoadBalancerTags
    sites: Sites
    arns: tuple[str, ...]
    dns_names: tuple[str, ...]
    load_balancers: Mapping[str, str]

    def __call__(self, alert: Alert) -> Resolved:
        """Find accelerators, endpoints and sites.

        Raises:
            InvalidInput: the alert's sites aren't the stack's.
            AcceleratorNotFound: the alert's accelerator isn't the stack's, or one of the stack's doesn't exist.
            SitesNotIdentified, LoadBalancerTagsUnavailable: see `identify_by_tags` and `identify_by_parameters`.
            AcceleratorUnavailable, AccessDenied, RequestRefused: see `aws_errors`.
        """
        if alert.reporter not in self.sites or alert.offline_site not in self.sites:
            raise InvalidInput(
                f"The sites of this stack are {self.sites}, not {alert.reporter} and {alert.offline_site}."
            )
        found = self.accelerators.describe(self.arns) if self.arns else self.accelerators.find(self.dns_names)
        if not any(alert.accelerator in accelerator.dns_names for accelerator in found):
            raise AcceleratorNotFound(f"The accelerator {alert.accelerator} is not one of this stack's.")

        groups = self.accelerators.endpoint_groups(found)
        endpoint_ids = tuple(dict.fromkeys(endpoint.id for group in groups for endpoint in group.endpoints))
        if self.load_balancers:
            identified = identify_by_parameters(endpoint_ids, self.load_balancers)
        else:
            identified = identify_by_tags(self.tags.site_tags(endpoint_ids), self.sites, alert)
        return Resolved(Topology(found, identified.site_of), identified.reason)
