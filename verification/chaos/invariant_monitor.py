"""Looks all the time at what must not be even for a moment: an empty listener, and two Infinispans that were told."""

from __future__ import annotations

import threading
from typing import Self

from local.stack.embedded import EmbeddedStack


class InvariantMonitor:
    """A context manager. `violation` is what was broken at some time; empty when nothing was."""

    def __init__(self, stack: EmbeddedStack) -> None:
        self._world = stack.world
        self._accelerators = stack.client("globalaccelerator")
        self._planned = {plan.dns_name for plan in stack.world.plan.accelerators}
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self.violation = ""

    def __enter__(self) -> Self:
        self._listeners = list(self._find_listeners())
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closed.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._closed.wait(0.05):
            self.violation = self.violation or self._look()

    def _look(self) -> str:
        """Check I1 and I2."""
        for arn in self._listeners:
            groups = self._accelerators.list_endpoint_groups(ListenerArn=arn)["EndpointGroups"]
            if not any(group["EndpointDescriptions"] for group in groups):
                return f"I1: {arn} has no endpoint"
        told = [
            name
            for name, operations in self._world.told().items()
            if any(operation.startswith("take-offline ") for operation in operations)
        ]
        return "I2: both Infinispans were told to drop each other" if len(told) > 1 else ""

    def _find_listeners(self) -> list[str]:
        pages = self._accelerators.get_paginator("list_accelerators").paginate()
        return [
            listener["ListenerArn"]
            for page in pages
            for accelerator in page["Accelerators"]
            if accelerator["DnsName"] in self._planned
            for listener in self._accelerators.list_listeners(AcceleratorArn=accelerator["AcceleratorArn"])["Listeners"]
        ]
