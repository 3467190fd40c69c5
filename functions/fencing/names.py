"""What sites and AWS resources are called: grammars for whole strings."""

import re

_PARTITION = r"arn:aws(-[a-z]+)*"

SITE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}", re.ASCII)
HTTPS_URL = re.compile(r"https://[A-Za-z0-9.-]+(:[0-9]{1,5})?/?", re.ASCII)
ACCELERATOR_DNS_NAME = re.compile(r"[a-z0-9]{1,63}(\.dualstack)?\.awsglobalaccelerator\.com", re.ASCII)
ACCELERATOR_ARN = re.compile(rf"{_PARTITION}:globalaccelerator::[0-9]{{12}}:accelerator/[0-9a-f-]{{36}}", re.ASCII)
# Global Accelerator takes Application and Network Load Balancers.
LOAD_BALANCER_ARN = re.compile(
    rf"{_PARTITION}:elasticloadbalancing:[a-z0-9-]+:[0-9]{{12}}:loadbalancer/(app|net)/[A-Za-z0-9-]+/[0-9a-f]+",
    re.ASCII,
)
SECRET_ARN = re.compile(
    rf"{_PARTITION}:secretsmanager:(?P<region>[a-z0-9-]+):[0-9]{{12}}:secret:[A-Za-z0-9/_+=.@!-]+", re.ASCII
)


def canonical_dns_name(name: str) -> str:
    """Return a DNS name as we compare it: lower case, no trailing dot. Unlike ASCII letters, others are left alone."""
    return name.removesuffix(".").lower() if name.isascii() else name
