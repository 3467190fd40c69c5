"""Settings: environment variables, set by the template from the stack's parameters.

Each function has one frozen settings object of its own (in its `app.py`), made of these readers. A setting that is
missing or malformed is an `InvalidSetting` that names the variable and what is expected, before anything is changed.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fencing.errors import InvalidSetting
from fencing.names import (
    ACCELERATOR_ARN,
    ACCELERATOR_DNS_NAME,
    HTTPS_URL,
    LOAD_BALANCER_ARN,
    SECRET_ARN,
    SITE,
    canonical_dns_name,
)

_LAST_PORT = 65535


def text(name: str) -> str:
    """Return a variable that must be there.

    Raises:
        InvalidSetting: it is missing or empty.
    """
    value = os.environ.get(name, "").strip()
    if not value:
        raise InvalidSetting(f"The environment variable {name} is missing or empty.")
    return value


def seconds(name: str) -> int:
    """Return a variable that must be a whole number of seconds.

    Raises:
        InvalidSetting: it is missing, or not a number of digits only.
    """
    value = text(name)
    if not re.fullmatch(r"[0-9]{1,6}", value, re.ASCII):
        raise _unfit(name, "a whole number of seconds")
    return int(value)


def secret_arn(name: str) -> str:
    """Return a variable that must be the ARN of a secret in the function's region.

    Raises:
        InvalidSetting: it is missing, no secret's ARN, or names another region.
    """
    match = SECRET_ARN.fullmatch(text(name))
    if not match:
        raise _unfit(name, "the ARN of a secret")
    region = os.environ.get("AWS_REGION", match["region"])
    if match["region"] != region:
        raise InvalidSetting(
            f"The environment variable {name} names a secret in {match['region']}, but this function runs in {region}."
        )
    return match[0]


def accelerator_arns() -> tuple[str, ...]:
    """Read ACCELERATOR_ARNS; empty when the accelerators are given by DNS name.

    Raises:
        InvalidSetting: an item is no accelerator's ARN.
    """
    return _items("ACCELERATOR_ARNS", ACCELERATOR_ARN, "ARNs of accelerators")


def accelerator_dns_names() -> tuple[str, ...]:
    """Read ACCELERATOR_DNS_NAMES, canonical; empty when the accelerators are given by ARN.

    Raises:
        InvalidSetting: an item is no accelerator's DNS name.
    """
    return _items("ACCELERATOR_DNS_NAMES", ACCELERATOR_DNS_NAME, "DNS names of accelerators", canonical_dns_name)


@dataclass(frozen=True, slots=True)
class Sites:
    """The stack's pair of sites. A site's name is its NLB's `site` tag, its Infinispan name and its alert label."""

    first: str
    second: str

    @classmethod
    def from_environment(cls) -> "Sites":
        """Read SITE_A and SITE_B.

        Raises:
            InvalidSetting: one is missing or no site name, or they are the same.
        """
        first, second = text("SITE_A"), text("SITE_B")
        for variable, name in (("SITE_A", first), ("SITE_B", second)):
            if not SITE.fullmatch(name):
                raise _unfit(variable, f"a site name: {SITE.pattern}")
        if first == second:
            raise InvalidSetting("The environment variables SITE_A and SITE_B name the same site.")
        return cls(first, second)

    def __contains__(self, name: object) -> bool:
        return name in (self.first, self.second)

    def __str__(self) -> str:
        return f"{self.first} and {self.second}"

    @property
    def key(self) -> str:
        """The key of the pair's fence record, whichever of them is called the first."""
        return "+".join(sorted((self.first, self.second)))


def infinispan_urls(sites: Sites) -> Mapping[str, str]:
    """Read SITE_A_INFINISPAN_URL and SITE_B_INFINISPAN_URL: site name -> base URL without a path.

    Raises:
        InvalidSetting: one is missing, or not https://host[:port], or they are the same.
    """
    first, second = _infinispan_url("SITE_A_INFINISPAN_URL"), _infinispan_url("SITE_B_INFINISPAN_URL")
    if first == second:
        raise InvalidSetting(
            "The environment variables SITE_A_INFINISPAN_URL and SITE_B_INFINISPAN_URL lead to the same Infinispan."
        )
    return {sites.first: first, sites.second: second}


def _infinispan_url(name: str) -> str:
    url = text(name)
    match = HTTPS_URL.fullmatch(url)
    if not match or int((match[1] or ":443").removeprefix(":")) > _LAST_PORT:
        raise _unfit(name, "https://HOST or https://HOST:PORT")
    return url.rstrip("/")


def load_balancers(sites: Sites) -> Mapping[str, str]:
    """Read SITE_A_LOAD_BALANCER_ARNS and SITE_B_LOAD_BALANCER_ARNS: ARN -> site name; empty when neither is given.

    Raises:
        InvalidSetting: only one is given, an item is no load balancer's ARN, or an ARN is in both.
    """
    expected = "ARNs of load balancers"
    first = _items("SITE_A_LOAD_BALANCER_ARNS", LOAD_BALANCER_ARN, expected)
    second = _items("SITE_B_LOAD_BALANCER_ARNS", LOAD_BALANCER_ARN, expected)
    both = "The environment variables SITE_A_LOAD_BALANCER_ARNS and SITE_B_LOAD_BALANCER_ARNS"
    if bool(first) != bool(second):
        raise InvalidSetting(f"{both} should be given both, or neither.")
    if shared := sorted(set(first) & set(second)):
        raise InvalidSetting(f"{both} both have {' and '.join(shared)}.")
    return dict.fromkeys(first, sites.first) | dict.fromkeys(second, sites.second)


def _items(name: str, item: re.Pattern[str], expected: str, canonical: Callable[[str], str] = str) -> tuple[str, ...]:
    """Split a comma-separated variable; missing or empty is the empty tuple."""
    items = tuple(canonical(found.strip()) for found in os.environ.get(name, "").split(",") if found.strip())
    if not all(item.fullmatch(found) for found in items):
        raise _unfit(name, f"{expected}, separated by commas")
    return items


def _unfit(name: str, expected: str) -> InvalidSetting:
    return InvalidSetting(f"The environment variable {name} should be {expected}.")
