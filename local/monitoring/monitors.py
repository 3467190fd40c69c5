"""One site's monitoring: a Prometheus that scrapes its Infinispan, and Alertmanagers that call the webhook."""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import urllib3
import yaml

from local.lifecycle import Startable
from local.monitoring.settings import NAMESPACE, Document, Settings
from local.processes import LOOPBACK, Process, free_ports, private_file, wait_until
from local.sites.protocol import SitePair
from local.tools import ALERTMANAGER, PROMETHEUS, path_of

START_SECONDS = 30.0


@dataclass(frozen=True)
class Webhook:
    """Where alerts are sent, and the credentials for it."""

    url: str
    username: str
    password: str = field(repr=False)


class SiteMonitoring(Startable):
    """Prometheus and Alertmanagers of one site. A context manager."""

    def __init__(
        self,
        site: str,
        pair: SitePair,
        settings: Settings,
        webhook: Webhook,
        *,
        alertmanagers: int = 1,
        directory: Path,
    ) -> None:
        """`directory` gets configurations, data and logs; it should be new.

        Several Alertmanagers don't know each other, and all of them send: the worst that a cluster of them can do.

        Raises:
            ToolsMissing: Prometheus or Alertmanager isn't installed.
        """
        self.site = site
        prometheus_port, *alertmanager_ports = free_ports(1 + alertmanagers)
        self._url = f"http://{LOOPBACK}:{prometheus_port}"
        directory.mkdir(parents=True, exist_ok=True)
        private_file(directory / "metrics-password", pair.observer.password)
        private_file(directory / "webhook-password", webhook.password)
        (directory / "authority.pem").write_text(pair.authority.pem)
        _write(directory / "rules.yml", settings.rules)
        _write(directory / "alertmanager.yml", _alertmanager(settings, webhook))
        _write(directory / "prometheus.yml", _prometheus(site, pair, settings, alertmanager_ports))
        self._alertmanagers = {
            f"http://{LOOPBACK}:{port}": Process(
                f"alertmanager-{port}",
                (
                    path_of(ALERTMANAGER),
                    "--config.file=alertmanager.yml",
                    f"--storage.path=alertmanager-{port}",
                    f"--web.listen-address={LOOPBACK}:{port}",
                    "--cluster.listen-address=",
                ),
                directory=directory,
            )
            for port in alertmanager_ports
        }
        self.prometheus = Process(
            "prometheus",
            (
                path_of(PROMETHEUS),
                "--config.file=prometheus.yml",
                "--storage.tsdb.path=prometheus-data",
                f"--web.listen-address={LOOPBACK}:{prometheus_port}",
            ),
            directory=directory,
        )
        self._pool = urllib3.PoolManager(timeout=5.0, retries=False)

    def start(self) -> None:
        """Start all, and return when they are ready.

        Raises:
            TimeoutError, ProcessEnded: they don't come up. Whatever was started is stopped.
        """
        try:
            programs = self._alertmanagers | {self._url: self.prometheus}
            for process in programs.values():
                process.start()
            for url, process in programs.items():
                what = f"{process.name} of {self.site} is ready"
                wait_until(what, partial(self._is_ready, url), seconds=START_SECONDS, processes=[process])
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        self.prometheus.stop()
        for alertmanager in self._alertmanagers.values():
            alertmanager.stop()

    def wait_until_scraped(self) -> None:
        """Return when Prometheus has the metric from Infinispan and the rules were evaluated on it."""
        what = f"the Prometheus of {self.site} knows that the other site is there"
        wait_until(what, lambda: self._value() == 1, seconds=90, processes=[self.prometheus])

    def firing(self) -> list[dict[str, str]]:
        """The labels of the alerts that fire now."""
        alerts = self._api("/api/v1/alerts")["alerts"]
        return [alert["labels"] for alert in alerts if alert["state"] == "firing"]

    def have_all_sent(self) -> bool:
        """Whether each Alertmanager has called the webhook."""
        sent = re.compile(r'^alertmanager_notifications_total\{.*integration="webhook".*\} [1-9]', re.MULTILINE)
        pages = [self._pool.request("GET", f"{url}/metrics").data.decode() for url in self._alertmanagers]
        return all(sent.search(page) for page in pages)

    def _value(self) -> float | None:
        """The last scraped view of the other site, or None."""
        query = 'min({__name__=~"(vendor_)?jgroups_site_view_status"})'
        result = self._api(f"/api/v1/query?query={query}")["result"]
        return float(result[0]["value"][1]) if result else None

    def _api(self, path: str) -> dict[str, Any]:
        response = self._pool.request("GET", self._url + path)
        if response.status != 200:
            raise urllib3.exceptions.HTTPError(f"Prometheus answered {response.status} to {path}: {response.data!r}")
        data: dict[str, Any] = response.json()["data"]
        return data

    def _is_ready(self, url: str) -> bool:
        try:
            return self._pool.request("GET", f"{url}/-/ready").status == 200
        except urllib3.exceptions.HTTPError:
            return False


def _prometheus(site: str, pair: SitePair, settings: Settings, alertmanager_ports: Sequence[int]) -> Document:
    address = pair.sites[site].url.removeprefix("https://")
    targets = [f"{LOOPBACK}:{port}" for port in alertmanager_ports]
    return {
        "global": {
            "scrape_interval": settings.scrape_interval,
            "scrape_timeout": settings.scrape_timeout,
            "evaluation_interval": settings.evaluation_interval,
        },
        "rule_files": ["rules.yml"],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": targets}]}]},
        "scrape_configs": [
            {
                "job_name": "infinispan",
                "scheme": "https",
                "tls_config": {"ca_file": "authority.pem"},
                "basic_auth": {"username": pair.observer.name, "password_file": "metrics-password"},
                "static_configs": [{"targets": [address], "labels": {"namespace": NAMESPACE, "pod": f"{site}-0"}}],
            }
        ],
    }


def _alertmanager(settings: Settings, webhook: Webhook) -> Document:
    document = copy.deepcopy(settings.alertmanager)
    for receiver in document["receivers"]:
        for each in receiver.get("webhook_configs", []):
            each["url"] = webhook.url
            http = each.setdefault("http_config", {})
            http["basic_auth"] = {"username": webhook.username, "password_file": "webhook-password"}
    return document


def _write(file: Path, document: Document) -> None:
    file.write_text(yaml.safe_dump(document, sort_keys=False))
