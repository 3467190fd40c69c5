"""AWS Global Accelerator as a moto backend: standard accelerators, listeners, endpoint groups and their endpoints.

moto finds a service by the module name ``moto.<service>`` and by a table of host name patterns, so `install` adds this
package to both. No file of moto is touched.
"""

import re
import sys

from moto import backend_index

from local.aws.globalaccelerator import models, responses, urls
from local.aws.globalaccelerator.models import GlobalAcceleratorBackend, globalaccelerator_backends
from local.aws.globalaccelerator.records import HealthState

DEFAULT_ACCOUNT = "123456789012"

__all__ = ["GlobalAcceleratorBackend", "HealthState", "backend", "globalaccelerator_backends", "install"]


def backend(account: str = DEFAULT_ACCOUNT) -> GlobalAcceleratorBackend:
    """The account's accelerators, with the switches that only tests and the simulated world use."""
    return globalaccelerator_backends[account]["aws"]


def install() -> None:
    """Make moto answer Global Accelerator's API, in `mock_aws` and in its server alike. Idempotent.

    Must run before `mock_aws` starts: moto registers the hosts that it answers for at that moment.
    """
    if "moto.globalaccelerator" in sys.modules:
        return
    sys.modules["moto.globalaccelerator"] = sys.modules[__name__]
    sys.modules["moto.globalaccelerator.models"] = models
    sys.modules["moto.globalaccelerator.responses"] = responses
    sys.modules["moto.globalaccelerator.urls"] = urls
    backend_index.backend_url_patterns.append(("globalaccelerator", re.compile(urls.url_bases[0])))
