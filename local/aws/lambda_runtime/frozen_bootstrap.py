"""Starts a function's process: awslambdaric, with a monotonic clock that stands still between invocations.

Lambda freezes an execution environment when its function has answered, and thaws it for the next call:
https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html. The wall clock goes on meanwhile; the
monotonic one may not, as users report. The process itself isn't stopped here: one that is can't notice that its stack
was killed, and would stay for ever. So threads that a function leaves behind go on, unlike in Lambda.

This file is linked into what every function can import, and runs on the function's own Python, without this project.
"""

import sys
import time
from collections.abc import Callable
from typing import Any

CLOCKS = ("monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns")


class FrozenClock:
    """`clock`, standing still from `freeze` to `thaw`, and never going back. Integers stay integers."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        # Since when it stands still, if it does, and for how long it did before: together, since other threads read.
        self._state: tuple[float | None, float] = (None, 0)

    def __call__(self) -> float:
        frozen_at, frozen_for = self._state
        return (self._clock() if frozen_at is None else frozen_at) - frozen_for

    def freeze(self) -> None:
        self._state = (self._clock(), self._state[1])

    def thaw(self) -> None:
        frozen_at, frozen_for = self._state
        if frozen_at is not None:
            self._state = (None, frozen_for + self._clock() - frozen_at)


def main() -> None:
    """Run the handler that the first argument names, as `python -m awslambdaric` does."""
    clocks = [FrozenClock(getattr(time, name)) for name in CLOCKS]
    for name, clock in zip(CLOCKS, clocks, strict=True):
        setattr(time, name, clock)
    from awslambdaric import __main__ as runtime  # noqa: PLC0415  (whatever it imports shall find these clocks)
    from awslambdaric.lambda_runtime_client import LambdaRuntimeClient  # noqa: PLC0415

    wait_for_the_next: Callable[[Any], Any] = LambdaRuntimeClient.wait_next_invocation

    def frozen_until_the_next(client: Any) -> Any:
        for clock in clocks:
            clock.freeze()
        try:
            return wait_for_the_next(client)
        finally:
            for clock in clocks:
                clock.thaw()

    LambdaRuntimeClient.wait_next_invocation = frozen_until_the_next
    runtime.main(sys.argv)


if __name__ == "__main__":
    main()
