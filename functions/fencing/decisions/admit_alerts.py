"""Which alerts of a webhook's body are acted on: each by its own status, labels and time, never by the group's."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fencing.alert import Alert
from fencing.errors import InvalidInput, Malformed
from fencing.fields import pick
from fencing.names import canonical_dns_name
from fencing.settings import Sites

ALERT_NAME = "SiteOffline"
MOST_ALERTS = 64
_SKEW = timedelta(minutes=10)
_RFC_3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})", re.ASCII
)
_FINGERPRINT = re.compile(r"[0-9a-f]{16}", re.ASCII)


@dataclass(frozen=True, slots=True)
class RefusedAlert:
    """An alert that would be acted on, were it not malformed. `index` is its place in the body, from 0."""

    index: int
    reason: str


@dataclass(frozen=True, slots=True)
class Admission:
    """What a body asks for. `beyond` alerts are left out as too many, `truncated` ones were by Alertmanager."""

    alerts: tuple[Alert, ...]
    refused: tuple[RefusedAlert, ...]
    ignored: int
    beyond: int
    truncated: int


@dataclass(frozen=True, slots=True)
class Admitter:
    """The stack's sites, and its accelerators' DNS names (none when they are given by ARN: a later step checks)."""

    sites: Sites
    dns_names: Collection[str]

    def admit(self, body: Any, now: datetime) -> Admission:
        """Sort the alerts of a parsed body (Alertmanager's webhook, version 4; unknown fields are accepted).

        Raises:
            Malformed: it isn't such a body.
        """
        alerts = _alerts_of(body)
        candidates = [(index, alert) for index, alert in enumerate(alerts) if _may_be_ours(alert)]
        admitted: list[Alert] = []
        refused: list[RefusedAlert] = []
        for index, alert in candidates[:MOST_ALERTS]:
            try:
                admitted.append(self._read(alert, now))
            except InvalidInput as error:
                refused.append(RefusedAlert(index, str(error)))
        return Admission(
            alerts=tuple(dict.fromkeys(admitted)),
            refused=tuple(refused),
            ignored=len(alerts) - len(candidates),
            beyond=max(0, len(candidates) - MOST_ALERTS),
            truncated=_truncated(body),
        )

    def _read(self, alert: Any, now: datetime) -> Alert:
        if pick(alert, "status", str) != "firing":
            raise InvalidInput("'status' should be firing or resolved.")
        found = Alert(
            accelerator=canonical_dns_name(pick(alert, "labels.accelerator", str)),
            reporter=pick(alert, "labels.reporter", str),
            site=pick(alert, "labels.site", str),
            starts_at=_starts_at(pick(alert, "startsAt", str), now),
            fingerprint=pick(alert, "fingerprint", str),
        )
        if not _FINGERPRINT.fullmatch(found.fingerprint):
            raise InvalidInput("'fingerprint' should be 16 hexadecimal digits.")
        for label, site in (("reporter", found.reporter), ("site", found.site)):
            if site not in self.sites:
                raise InvalidInput(f"The label '{label}' names none of this stack's sites ({self.sites}).")
        if self.dns_names and _id(found.accelerator) not in {_id(name) for name in self.dns_names}:
            raise InvalidInput("The label 'accelerator' names none of this stack's accelerators.")
        return found


def _alerts_of(body: Any) -> list[Any]:
    try:
        version, alerts = pick(body, "version", str), pick(body, "alerts", list)
    except InvalidInput as error:
        raise Malformed(f"This is no Alertmanager webhook: {error}") from error
    if version != "4":
        raise Malformed("'version' should be 4: this is no Alertmanager webhook that is known here.")
    if not all(isinstance(alert, dict) for alert in alerts):
        raise Malformed("'alerts' should be a list of objects.")
    return alerts


def _may_be_ours(alert: dict[str, Any]) -> bool:
    """Not when it is resolved or has another name. Without labels it has no name: it is looked at, and refused."""
    labels = alert.get("labels")
    has_another_name = isinstance(labels, dict) and labels.get("alertname") != ALERT_NAME
    return alert.get("status") != "resolved" and not has_another_name


def _starts_at(text: str, now: datetime) -> str:
    try:
        time = datetime.fromisoformat(text) if _RFC_3339.fullmatch(text) else None
    except ValueError:
        time = None
    if time is None:
        raise InvalidInput("'startsAt' should be an RFC 3339 time.")
    if time - now > _SKEW:
        raise InvalidInput("'startsAt' lies in the future: compare the clocks.")
    return text


def _id(dns_name: str) -> str:
    """An accelerator's single-stack and dual-stack names differ after the first label only."""
    return dns_name.partition(".")[0]


def _truncated(body: dict[str, Any]) -> int:
    truncated = body.get("truncatedAlerts", 0)
    return truncated if isinstance(truncated, int) else 0
