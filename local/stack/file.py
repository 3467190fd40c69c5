"""`.local/stack.json`: where the running stack is, for curl, the aws command line and `python -m local world`."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local.stack.embedded import EmbeddedStack
from local.world.api import STACK_FILE, WorldClient, WorldError
from local.world.world import STACK_REGION


def description(stack: EmbeddedStack, ca_certificate: Path) -> dict[str, Any]:
    """What somebody needs who wants to use the stack; `ca_certificate` is the file of the Infinispans' authority."""
    webhook = stack.webhook()
    sites = stack.world.sites
    return {
        "webhook_url": webhook.url,
        "username": webhook.username,
        "password": webhook.password,
        "endpoint_url": stack.endpoint_url,
        "region": STACK_REGION,
        "state_machine_arn": stack.state_machine_arn,
        "table": stack.table_name,
        "accelerator": stack.world.plan.accelerators[0].dns_name,
        "sites": {name: {"infinispan_url": site.url} for name, site in sites.sites.items()},
        "infinispan_username": sites.admin.name,
        "infinispan_password": sites.admin.password,
        "ca_certificate": str(ca_certificate),
        "control_url": stack.control_url,
        "logs": str(stack.logs),
    }


@contextmanager
def published(stack: EmbeddedStack, path: Path = STACK_FILE) -> Iterator[dict[str, Any]]:
    """While entered, the file is there, complete from its first moment on, and readable by its owner only.

    Yields what is in it.
    """
    ca_certificate = path.with_name("infinispan-ca.pem")
    path.parent.mkdir(parents=True, exist_ok=True)
    ca_certificate.write_text(stack.world.sites.authority.pem)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    unfinished.touch(mode=0o600)
    described = description(stack, ca_certificate)
    unfinished.write_text(json.dumps(described, indent=2) + "\n")
    unfinished.replace(path)
    try:
        yield described
    finally:
        path.unlink(missing_ok=True)
        ca_certificate.unlink(missing_ok=True)


def running_stack(path: Path = STACK_FILE) -> str | None:
    """The endpoint of the stack that the file describes, if it answers; a file that was left over is no stack."""
    try:
        described = json.loads(path.read_text())
        WorldClient(described["control_url"]).show()
    except (OSError, ValueError, KeyError, WorldError):
        return None
    return str(described["endpoint_url"])
