"""Parameters of the stack that a scenario sets, with placeholders for what is known only when the world runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from local.sites.certificates import Authority
from local.world import World


def filled_in(parameters: Mapping[str, str], world: World, client: Callable[[str], Any]) -> dict[str, str]:
    """The parameters, with their placeholders replaced.

    There are `{sites[NAME].url}`, a site's Infinispan; `{stranger}`, the certificate of an authority that signed
    nothing here; and `{accelerator_arns}`, the ARNs of the world's accelerators.
    """
    if not parameters:
        return {}
    values = {
        "sites": world.sites.sites,
        "stranger": Authority("Stranger").pem,
        "accelerator_arns": ",".join(_accelerator_arns(world, client("globalaccelerator"))),
    }
    return {name: value.format_map(values) for name, value in parameters.items()}


def _accelerator_arns(world: World, accelerators: Any) -> list[str]:
    names = {accelerator.dns_name for accelerator in world.plan.accelerators}
    pages = accelerators.get_paginator("list_accelerators").paginate()
    return [found["AcceleratorArn"] for page in pages for found in page["Accelerators"] if found["DnsName"] in names]
