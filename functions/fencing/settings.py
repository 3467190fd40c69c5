"""Settings: environment variables, set by the template from the stack's parameters.

Each function has one frozen settings object of its own (in its `app.py`), made of these readers. A setting that is
missing or malformed is an `InvalidSetting` that names the variable and what is expected, before anything is changed.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

from fencing.errors import InvalidSetting

SITE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}", re.ASCII)
HTTPS_URL = re.compile(r"https://[A-Za-z0-9.-]+(:[0-9]{1,5})?/?", re.ASCII)
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


def listing(name: str) -> tuple[str, ...]:
    """Return a comma-separated variable; missing or empty is the empty tuple."""
    return tuple(item.strip() for item in os.environ.get(name, "").split(",") if item.strip())


def seconds(name: str) -> int:
    """Return a variable that must be a whole number of seconds.

    Raises:
        InvalidSetting: it is missing, or not a number of digits only.
    """
    value = text(name)
    if not re.fullmatch(r"[0-9]{1,6}", value, re.ASCII):
        raise InvalidSetting(f"The environment variable {name} should be a whole number of seconds.")
    return int(value)


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
            if not SITE_NAME.fullmatch(name):
                raise InvalidSetting(f"The environment variable {variable} should be a site name: {SITE_NAME.pattern}")
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
        InvalidSetting: one is missing, or not https://host[:port].
    """
    urls = {}
    for site, variable in ((sites.first, "SITE_A_INFINISPAN_URL"), (sites.second, "SITE_B_INFINISPAN_URL")):
        url = text(variable)
        match = HTTPS_URL.fullmatch(url)
        if not match or int((match[1] or ":443").removeprefix(":")) > _LAST_PORT:
            raise InvalidSetting(f"The environment variable {variable} should be https://HOST or https://HOST:PORT.")
        urls[site] = url.rstrip("/")
    return urls
