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
MAX_ALERTS = 64
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedAlerts:
    """What a body asks for. `over_limit` alerts are left out as too many, `truncated` ones were by Alertmanager."""

    alerts: tuple[Alert, ...]
    refused: tuple[RefusedAlert, ...]
    ignored: int
    over_limit: int
    truncated: int


def parse_alerts(body: Any, *, sites: Sites, dns_names: Collection[str], now: datetime) -> ParsedAlerts:
    """Sort the alerts of a parsed body (Alertmanager's webhook, version 4; unknown fields are accepted).

    `sites` are the stack's, `dns_names` its accelerators' (none when they are given by ARN: a later step checks).

    Raises:
        Malformed: it isn't such a body.
    """
    listed = _listed_alerts(body)
    candidates = [(index, alert) for index, alert in enumerate(listed) if _may_be_ours(alert)]
    alerts: list[Alert] = []
    refused: list[RefusedAlert] = []
    for index, candidate in candidates[:MAX_ALERTS]:
        try:
            alert = _parse(candidate, now)
            _require_ours(alert, sites, dns_names)
        except InvalidInput as error:
            refused.append(RefusedAlert(index, str(error)))
        else:
            alerts.append(alert)
    return ParsedAlerts(
        alerts=tuple(dict.fromkeys(alerts)),
        refused=tuple(refused),
        ignored=len(listed) - len(candidates),
        over_limit=max(0, len(candidates) - MAX_ALERTS),
        truncated=_truncated(body),
    )


def _listed_alerts(body: Any) -> list[Any]:
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


def _parse(alert: Any, now: datetime) -> Alert:
    if pick(alert, "status", str) != "firing":
        raise InvalidInput("'status' should be firing or resolved.")
    parsed = Alert(
        accelerator=canonical_dns_name(pick(alert, "labels.accelerator", str)),
        reporter=pick(alert, "labels.reporter", str),
        offline_site=pick(alert, "labels.site", str),
        starts_at=_starts_at(pick(alert, "startsAt", str), now),
        fingerprint=pick(alert, "fingerprint", str),
    )
    if not _FINGERPRINT.fullmatch(parsed.fingerprint):
        raise InvalidInput("'fingerprint' should be 16 hexadecimal digits.")
    return parsed


def _require_ours(alert: Alert, sites: Sites, dns_names: Collection[str]) -> None:
    for label, site in (("reporter", alert.reporter), ("site", alert.offline_site)):
        if site not in sites:
            raise InvalidInput(f"The label '{label}' names none of this stack's sites ({sites}).")
    if dns_names and _accelerator_id(alert.accelerator) not in {_accelerator_id(name) for name in dns_names}:
        raise InvalidInput("The label 'accelerator' names none of this stack's accelerators.")


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


def _accelerator_id(dns_name: str) -> str:
    """An accelerator's single-stack and dual-stack names differ after the first label only."""
    return dns_name.partition(".")[0]


def _truncated(body: dict[str, Any]) -> int:
    truncated = body.get("truncatedAlerts", 0)
    return truncated if isinstance(truncated, int) else 0
