"""What checkov advises against in the template as it is deployed, and why it isn't followed everywhere.

`tests/template/test_advice.py` fails for advice that nobody has thought about, and for an exception that is none any
more.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
CHECKOV = ROOT / ".venv-checkov" / "bin" / "checkov"
# Guidelines would be fetched from the web; the checks are part of the package.
OPTIONS = ("--framework", "cloudformation", "--skip-download", "--soft-fail", "--output", "json")

_KEY_OF_OUR_OWN = (
    "AWS's own key encrypts it, and nobody outside the account reads it. A key of our own is one more thing that can "
    "be missing at 3 am."
)
ACCEPTED: Mapping[str, str] = {
    "CKV_AWS_26": "With alias/aws/sns, CloudWatch's alarms couldn't publish; a message holds nothing secret.",
    "CKV_AWS_115": "The webhook's concurrency is a parameter. A limit on a step could stop a fencing.",
    "CKV_AWS_116": "Nothing is invoked asynchronously, so nothing could end in a dead-letter queue.",
    "CKV_AWS_117": "A VPC is a parameter: it is only needed where Infinispan can't be reached otherwise.",
    "CKV_AWS_119": _KEY_OF_OUR_OWN,
    "CKV_AWS_149": _KEY_OF_OUR_OWN,
    "CKV_AWS_158": _KEY_OF_OUR_OWN,
    "CKV_AWS_173": _KEY_OF_OUR_OWN,
    "CKV_AWS_258": "Alertmanager can't sign requests for AWS: HTTP Basic authentication, inside (docs/security.md).",
}


def advice(template: Path) -> dict[str, str]:
    """Check -> a sentence for each that fails.

    Raises:
        subprocess.CalledProcessError: checkov itself failed; what it printed is on the terminal.
    """
    # Relative: checkov looks for secrets in the path too, and takes one of 40 characters for a key (CKV_AWS_45).
    command = [str(CHECKOV), *OPTIONS, "--file", str(template.relative_to(ROOT))]
    report = json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
    failed: list[dict[str, Any]] = report["results"]["failed_checks"]
    return {check["check_id"]: f"{check['check_name']}: not so for {check['resource']}" for check in failed}


def differences(failed: Mapping[str, str], accepted: Mapping[str, str]) -> Iterator[str]:
    """Sentences; none when exactly the accepted checks fail."""
    for check in sorted(failed.keys() - accepted.keys()):
        yield f"{check}: {failed[check]}. Follow it, or say in {Path(__file__).relative_to(ROOT)} why not."
    for check in sorted(accepted.keys() - failed.keys()):
        yield f"{check} is an exception that isn't needed: the template passes."
