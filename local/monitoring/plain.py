"""From the resources of prometheus-operator to the files of plain Prometheus and Alertmanager.

What these resources mean is what prometheus-operator makes of them. Only what cluster/openshift/ uses is translated,
and anything else in them is an error, so that the two forms can't drift apart unnoticed.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from local.monitoring.kustomize import CLUSTER, OPENSHIFT, render

PLAIN = CLUSTER / "plain"
# Where the secrets are expected to be mounted; Alertmanager before 0.26 can't read a URL or a user name from a file.
WEBHOOK_CREDENTIALS = "/etc/alertmanager/site-fencing-webhook"
METRICS_CREDENTIALS = "/etc/prometheus/infinispan-operator"
# The user that Infinispan's operator makes for its own port, on which it also offers /metrics. It is called "CN=admin"
# where clients authenticate by certificate.
METRICS_USERNAME = "operator"
ALERTMANAGER = "alertmanager:9093"

Document = Mapping[str, Any]


class NotTranslated(Exception):
    """A resource in cluster/openshift/ uses a field that has no translation here yet."""


def plain_files(site: str) -> dict[str, str]:
    """The files of one cluster, by name. `site` is a folder of cluster/openshift/: "site-a" or "site-b".

    Raises:
        ToolsMissing, RenderingFailed: see local.monitoring.kustomize.
        NotTranslated: cluster/openshift/ uses a field that is unknown here.
    """
    resources = render(OPENSHIFT / site)
    values = yaml.safe_load((OPENSHIFT / "values" / "values.yaml").read_text())["data"]
    rule = resources["PrometheusRule/site-fencing"]
    return {
        "rules.yml": _text(rule["spec"]),
        "prometheus.yml": _text(prometheus(resources["ServiceMonitor/site-fencing"])),
        "alertmanager.yml": _text(
            alertmanager(resources["AlertmanagerConfig/site-fencing"], username=values["webhook-username"])
        ),
    }


def write(directory: Path, site: str) -> list[Path]:
    """Write the files of one cluster into a folder; returns their paths. Raises as `plain_files` does."""
    directory.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in plain_files(site).items():
        written.append(directory / name)
        written[-1].write_text(text)
    return written


def alertmanager(config: Document, *, username: str) -> dict[str, Any]:
    """An AlertmanagerConfig as alertmanager.yml. Alerts of other names go to the receiver `people`, which is yours."""
    spec, namespace = config["spec"], config["metadata"]["namespace"]
    route = _only(spec["route"], "receiver", "matchers", "groupBy", "groupWait", "groupInterval", "repeatInterval")
    matchers = [f"{each['name']}{each['matchType']}{_quoted(each['value'])}" for each in route["matchers"]]
    return {
        "route": {
            "receiver": "people",
            "routes": [
                {
                    "receiver": route["receiver"],
                    # The operator adds the namespace: an AlertmanagerConfig speaks for its own one only.
                    "matchers": [*matchers, f"namespace={_quoted(namespace)}"],
                    "group_by": route["groupBy"],
                    "group_wait": route["groupWait"],
                    "group_interval": route["groupInterval"],
                    "repeat_interval": route["repeatInterval"],
                }
            ],
        },
        "receivers": [{"name": "people"}, *(_receiver(each, username) for each in spec["receivers"])],
    }


def prometheus(monitor: Document) -> dict[str, Any]:
    """A ServiceMonitor as prometheus.yml, with the rules beside it."""
    spec = _only(monitor["spec"], "namespaceSelector", "selector", "endpoints")
    [endpoint] = spec["endpoints"]
    endpoint = _only(endpoint, "port", "path", "scheme", "interval", "scrapeTimeout", "basicAuth")
    labels = _only(spec["selector"], "matchLabels")["matchLabels"]
    return {
        "rule_files": ["rules.yml"],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": [ALERTMANAGER]}]}]},
        "scrape_configs": [
            {
                "job_name": monitor["metadata"]["name"],
                "scheme": endpoint["scheme"],
                "metrics_path": endpoint["path"],
                "scrape_interval": endpoint["interval"],
                "scrape_timeout": endpoint["scrapeTimeout"],
                "basic_auth": {"username": METRICS_USERNAME, "password_file": f"{METRICS_CREDENTIALS}/password"},
                "kubernetes_sd_configs": [
                    {"role": "endpoints", "namespaces": {"names": spec["namespaceSelector"]["matchNames"]}}
                ],
                "relabel_configs": [
                    *(_keep(f"__meta_kubernetes_service_label_{label}", value) for label, value in labels.items()),
                    _keep("__meta_kubernetes_endpoint_port_name", endpoint["port"]),
                    {"source_labels": ["__meta_kubernetes_namespace"], "target_label": "namespace"},
                    {"source_labels": ["__meta_kubernetes_pod_name"], "target_label": "pod"},
                ],
            }
        ],
    }


def _receiver(receiver: Document, username: str) -> dict[str, Any]:
    _only(receiver, "name", "webhookConfigs")
    [webhook] = receiver["webhookConfigs"]
    webhook = _only(webhook, "url", "sendResolved", "httpConfig")
    http = _only(webhook["httpConfig"], "followRedirects", "basicAuth")
    return {
        "name": receiver["name"],
        "webhook_configs": [
            {
                "url": webhook["url"],
                "send_resolved": webhook["sendResolved"],
                "http_config": {
                    "follow_redirects": http["followRedirects"],
                    "basic_auth": {"username": username, "password_file": f"{WEBHOOK_CREDENTIALS}/password"},
                },
            }
        ],
    }


def _keep(label: str, value: str) -> dict[str, Any]:
    return {"source_labels": [label], "regex": value, "action": "keep"}


def _only(document: Document, *known: str) -> Document:
    if unknown := sorted(set(document) - set(known)):
        raise NotTranslated(f"No translation for {', '.join(unknown)}.")
    return document


def _quoted(text: str) -> str:
    return f'"{text}"'


def _text(document: Document) -> str:
    header = (
        "# Made by `python -m local.commands.plain_monitoring` from what is in cluster/openshift/: change it there.\n"
    )
    return header + yaml.safe_dump(dict(document), sort_keys=False, width=120, allow_unicode=True)
