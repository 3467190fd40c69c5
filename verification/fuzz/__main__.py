"""Send hostile requests to the webhook, and print what was answered.

The requests depend on the seed and on their number only, so a failure can be replayed: `--seed S --only N`.
"""

from __future__ import annotations

import argparse
import logging
import os
import secrets
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "functions"))
os.environ["POWERTOOLS_SERVICE_NAME"] = "site-fencing"

from local.isolation import FAKE_AWS  # noqa: E402  (after the functions can be found)
from verification.fuzz.campaign import CampaignReport, run_in_process  # noqa: E402
from verification.fuzz.hostile import hostile_request  # noqa: E402
from verification.fuzz.over_url import as_http_can_carry_it, run_over_url  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m verification.fuzz", description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000, help="how many in all (default %(default)s)")
    parser.add_argument("--over-url", type=int, default=5_000, help="how many of them over HTTP (default %(default)s)")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="default: another one each time")
    parser.add_argument("--only", type=int, metavar="N", help="replay this one request, both ways")
    options = parser.parse_args()
    os.environ.update(FAKE_AWS)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    try:
        if options.only is not None:
            print(hostile_request(options.seed, options.only))
            print("in process: ", run_in_process(options.seed, 1, first=options.only))
            print("over the URL:", as_http_can_carry_it(hostile_request(options.seed, options.only)))
            print(run_over_url(options.seed, 1, first=options.only))
            return 0
        over_url = min(options.over_url, options.requests)
        _show("in process", run_in_process(options.seed, options.requests - over_url, first=over_url))
        if over_url:
            _show("over the function URL", run_over_url(options.seed, over_url))
    except AssertionError as unexpected:
        print(f"UNEXPECTED: {unexpected}", file=sys.stderr)
        return 1
    return 0


def _show(where: str, report: CampaignReport) -> None:
    print(f"{where}, {report}", flush=True)
    report.check()


if __name__ == "__main__":
    sys.exit(main())
