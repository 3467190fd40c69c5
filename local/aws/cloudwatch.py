"""Repairs of moto's CloudWatch: alarms without a metric, and dashboards that nobody could look at."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from moto.cloudwatch.exceptions import DashboardInvalidInputError, ValidationError
from moto.cloudwatch.models import CloudWatchBackend

from local.aws.patching import replace_method

WIDGETS = frozenset({"alarm", "custom", "explorer", "log", "metric", "text"})
NEED_REGION = frozenset({"log", "metric"})

_Finding = tuple[str, str]


def install() -> None:
    """Idempotent: see `local.aws.repairs`."""
    replace_method(CloudWatchBackend, "put_metric_alarm", _put_metric_alarm)
    replace_method(CloudWatchBackend, "put_dashboard", _put_dashboard)


def _put_metric_alarm(original: Any, self: CloudWatchBackend, **arguments: Any) -> Any:
    """moto takes an alarm of nothing. AWS's sentence: aws-cloudformation/cfn-lint#771."""
    if not any(arguments.get(name) for name in ("metric_name", "metric_data_queries", "rule")):
        raise ValidationError("MetricName must not be null")
    return original(self, **arguments)


def _put_dashboard(original: Any, self: CloudWatchBackend, name: str, body: str) -> Any:
    """moto takes any JSON. What is required: CloudWatch User Guide, "Dashboard body structure and syntax"."""
    if not re.fullmatch("[A-Za-z0-9_-]+", name):
        raise DashboardInvalidInputError(
            f"The value {name} for field DashboardName contains invalid characters. "
            "It can only contain alphanumerics, dash (-) and underscore (_)."
        )
    if findings := list(_findings(_object(body))):
        listed = json.dumps([{"dataPath": path, "message": message} for path, message in findings], indent=2)
        raise DashboardInvalidInputError(
            f"The dashboard body is invalid, there are {len(findings)} validation errors:\n{listed}"
        )
    return original(self, name, body)


def _object(body: str) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise DashboardInvalidInputError("The field DashboardBody must be a valid JSON object")
    return document


def _findings(document: dict[str, Any]) -> Iterator[_Finding]:
    if not isinstance(document.get("widgets"), list):
        yield "", "Should have required property 'widgets'"
        return
    for index, widget in enumerate(document["widgets"]):
        yield from _findings_of_widget(widget, f"/widgets/{index}")


def _findings_of_widget(widget: Any, path: str) -> Iterator[_Finding]:
    if not isinstance(widget, dict):
        yield path, "Should be object"
        return
    if widget.get("type") not in WIDGETS:
        yield f"{path}/type", "Should be equal to one of the allowed values"
    properties = widget.get("properties")
    if not isinstance(properties, dict):
        yield path, "Should have required property 'properties'"
        return
    if widget.get("type") in NEED_REGION and "region" not in properties:
        yield f"{path}/properties", "Should have required property 'region'"
    for index, metric in enumerate(properties.get("metrics", [])):
        yield from _findings_of_metric(metric, f"{path}/properties/metrics/{index}")


def _findings_of_metric(metric: list[Any], path: str) -> Iterator[_Finding]:
    """A namespace, a name, and the names and values of dimensions; at the end there may be how it is shown."""
    fields = metric[:-1] if metric and isinstance(metric[-1], dict) else metric
    for index, field in enumerate(fields):
        if not isinstance(field, str):
            yield f"{path}/{index}", "Invalid metric field type, only 'String' type is allowed"
