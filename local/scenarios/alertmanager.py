"""Webhook bodies as Alertmanager sends them: captured ones, and ones put together in the same shape."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from local.world.plan import DEFAULT_DNS_NAME

CAPTURED_BODIES = Path(__file__).resolve().parents[2] / "events" / "alertmanager"
NOT_ENDED = "0001-01-01T00:00:00Z"

_FNV_OFFSET, _FNV_PRIME, _64_BITS = 0xCBF29CE484222325, 0x100000001B3, 2**64 - 1


@dataclass(frozen=True)
class FiringAlert:
    """An alert that one site's Alertmanager posts: `reporter` says that `site` is gone, since `seconds_ago`."""

    reporter: str
    site: str
    accelerator: str = DEFAULT_DNS_NAME
    seconds_ago: int = 0

    @property
    def labels(self) -> Mapping[str, str]:
        return {
            "accelerator": self.accelerator,
            "alertname": "SiteOffline",
            "namespace": "default",
            "reporter": self.reporter,
            "severity": "critical",
            "site": self.site,
        }

    def body(self, now: datetime) -> bytes:
        """The POST's body for a group of this one alert."""
        return webhook_body([self], now)


@dataclass(frozen=True)
class CapturedBody:
    """A body that a real Alertmanager has sent, posted byte by byte as it was. `file` is a name in CAPTURED_BODIES."""

    file: str

    def body(self, now: datetime) -> bytes:
        """The file's content; its times are those of the capture, whatever `now` is."""
        return (CAPTURED_BODIES / self.file).read_bytes()


def webhook_body(alerts: Sequence[FiringAlert], now: datetime) -> bytes:
    """A group of firing alerts in the format of Alertmanager's webhook, version 4. `now` is aware."""
    labels = [alert.labels for alert in alerts]
    common = {name: value for name, value in labels[0].items() if all(other[name] == value for other in labels)}
    accelerator = alerts[0].accelerator
    body = {
        "receiver": "default/site-fencing/site-fencing",
        "status": "firing",
        "alerts": [_alert(alert, now) for alert in alerts],
        "groupLabels": {"accelerator": accelerator},
        "commonLabels": common,
        "commonAnnotations": {},
        "externalURL": "http://alertmanager-user-workload.example",
        "version": "4",
        "groupKey": f'{{}}/{{alertname="SiteOffline",namespace="default"}}:{{accelerator="{accelerator}"}}',
        "truncatedAlerts": 0,
    }
    return json.dumps(body, separators=(",", ":")).encode() + b"\n"


def fingerprint(labels: Mapping[str, str]) -> str:
    """Alertmanager's hash of a label set: FNV-1a, 64 bits (prometheus/common, model/signature.go)."""
    digest = _FNV_OFFSET
    for name in sorted(labels):
        for byte in name.encode() + b"\xff" + labels[name].encode() + b"\xff":
            digest = ((digest ^ byte) * _FNV_PRIME) & _64_BITS
    return f"{digest:016x}"


def _alert(alert: FiringAlert, now: datetime) -> dict[str, Any]:
    started = (now - timedelta(seconds=alert.seconds_ago)).astimezone(UTC)
    return {
        "status": "firing",
        "labels": dict(alert.labels),
        "annotations": {},
        "startsAt": started.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "endsAt": NOT_ENDED,
        "generatorURL": "http://prometheus.example/graph?g0.expr=site_offline&g0.tab=1",
        "fingerprint": fingerprint(alert.labels),
    }
