"""python -m verification.chaos [--kills 100] [--seed N]: kill processes of executions, see that nothing breaks."""

import argparse
import random
import sys
import time

from verification.chaos.run import run


def main() -> int:
    """Run until so many invocations were killed; return 1 if anything broke."""
    parser = argparse.ArgumentParser(prog="python -m verification.chaos")
    parser.add_argument("--kills", type=int, default=100, help="invocations to kill")
    parser.add_argument("--seed", type=int, default=None, help="of the random choices; timing isn't repeatable")
    arguments = parser.parse_args()
    seed = random.randrange(1_000_000) if arguments.seed is None else arguments.seed
    print(f"seed {seed}", flush=True)
    began = time.monotonic()
    chaos = run(arguments.kills, seed, on_round=lambda told: print(told, flush=True))
    print(
        f"{chaos.kills} kills ({', '.join(f'{name} {count}' for name, count in sorted(chaos.killed.items()))}) in "
        f"{chaos.rounds} rounds, {len(chaos.wrong)} violations, {time.monotonic() - began:.0f} s"
    )
    return min(len(chaos.wrong), 1)


if __name__ == "__main__":
    sys.exit(main())
