"""Rounds on a fresh embedded stack, until enough invocations were killed."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from local import aws
from local.stack.embedded import EmbeddedStack
from verification.chaos.killing import Watched
from verification.chaos.rounds import Round, Rounds


@dataclass(frozen=True)
class Chaos:
    """What was killed, by function, in how many rounds; the rounds in which something was wrong."""

    killed: Counter[str]
    rounds: int
    wrong: tuple[Round, ...]

    @property
    def kills(self) -> int:
        """How many invocations ended by a kill."""
        return self.killed.total()


def run(kills: int, seed: int, on_round: Callable[[str], None] = lambda _: None) -> Chaos:
    """Kill so many invocations, in at most three times as many rounds.

    Raises:
        RuntimeError: too few kills hit an executing process.
    """
    wrong = []
    with tempfile.TemporaryDirectory(prefix="chaos-") as directory, EmbeddedStack(directory=Path(directory)) as stack:
        watched = aws.wrap_invoker(Watched)
        rounds = Rounds(stack, watched, seed)
        number = 0
        while watched.killed.total() < kills:
            number += 1
            if number > 3 * kills:
                raise RuntimeError(f"only {watched.killed.total()} of {kills} kills hit an executing process")
            played = rounds.play(number)
            if played.wrong:
                wrong.append(played)
            wrong_now = f"; WRONG: {played.wrong}" if played.wrong else ""
            on_round(
                f"{number:3}. {watched.killed.total():3} kills; {', '.join(played.outcomes)}; "
                f"next alert: {', '.join(played.after_the_next_alert)}{wrong_now}"
            )
    return Chaos(watched.killed, number, tuple(wrong))
