"""Parameters of the stack that a scenario sets, with placeholders for what is known only when the world runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from local.sites.certificates import Authority
from local.world import World


def filled_in(parameters: Mapping[str, str], world: World, client: Callable[[str], Any]) -> dict[str, str]:
    """The parameters, with their placeholders replaced.

    There are `{sites[NAME].url}`, a site's Infinispan; `{stranger}`, the certificate of an authority that signed
    nothing here; `{accelerator_arns}`, the ARNs of the world's accelerators; `{subnets}` and `{security_groups}`, those
    of the account's default VPC.
    """
    return {name: value.format_map(_Values(world, client)) for name, value in parameters.items()}


class _Values(dict[str, Any]):
    """Looks up what a placeholder stands for when it is there: EC2 takes seconds to answer for the first time."""

    def __init__(self, world: World, client: Callable[[str], Any]) -> None:
        super().__init__()
        self._world = world
        self._client = client

    def __missing__(self, name: str) -> Any:
        match name:
            case "sites":
                return self._world.sites.sites
            case "stranger":
                return Authority("Stranger").pem
            case "accelerator_arns":
                return ",".join(_accelerator_arns(self._world, self._client("globalaccelerator")))
            case "subnets":
                return self._client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
            case "security_groups":
                return self._client("ec2").describe_security_groups()["SecurityGroups"][0]["GroupId"]
        raise KeyError(name)


def _accelerator_arns(world: World, accelerators: Any) -> list[str]:
    names = {accelerator.dns_name for accelerator in world.plan.accelerators}
    pages = accelerators.get_paginator("list_accelerators").paginate()
    return [found["AcceleratorArn"] for page in pages for found in page["Accelerators"] if found["DnsName"] in names]
