"""The alert as the workflow knows it: who says that whom is gone, behind which accelerator."""

from dataclasses import dataclass
from typing import Any

from fencing.errors import InvalidInput
from fencing.fields import pick
from fencing.names import ACCELERATOR_DNS_NAME, SITE, canonical_dns_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A firing `SiteOffline` alert: `reporter` says that `offline_site` is gone.

    `accelerator` is a canonical DNS name, `starts_at` an RFC 3339 time, `fingerprint` Alertmanager's hash of labels.
    The label, and the field of the state data, that names the offline site is `site`.
    """

    accelerator: str
    reporter: str
    offline_site: str
    starts_at: str
    fingerprint: str

    def __post_init__(self) -> None:
        if not ACCELERATOR_DNS_NAME.fullmatch(self.accelerator):
            raise InvalidInput("The label 'accelerator' should be the DNS name of a Global Accelerator.")
        for label, name in (("reporter", self.reporter), ("site", self.offline_site)):
            if not SITE.fullmatch(name):
                raise InvalidInput(f"The label '{label}' should be a site name: letters, digits, '.', '_' and '-'.")
        if self.reporter == self.offline_site:
            raise InvalidInput(f"{self.reporter} reports itself: the labels 'reporter' and 'site' are the same.")

    @classmethod
    def from_state(cls, event: Any) -> "Alert":
        """Read the alert from a step's event.

        Raises:
            InvalidInput: a field is missing, of the wrong type or malformed.
        """
        return cls(
            accelerator=canonical_dns_name(pick(event, "alert.accelerator", str)),
            reporter=pick(event, "alert.reporter", str),
            offline_site=pick(event, "alert.site", str),
            starts_at=pick(event, "alert.starts_at", str),
            fingerprint=pick(event, "alert.fingerprint", str),
        )

    def to_state(self) -> dict[str, Any]:
        """Give the alert as state data of the definition."""
        return {
            "accelerator": self.accelerator,
            "reporter": self.reporter,
            "site": self.offline_site,
            "starts_at": self.starts_at,
            "fingerprint": self.fingerprint,
        }
