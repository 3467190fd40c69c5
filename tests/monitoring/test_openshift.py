"""The kustomizations render, and every value comes from the one file that the user edits."""

from __future__ import annotations

import base64
import json
import re
import shutil
from pathlib import Path

import pytest
import yaml

from local.monitoring.kustomize import OPENSHIFT, RenderingFailed, render
from tests.monitoring.conftest import Resources

pytestmark = pytest.mark.real

PLACEHOLDERS = (
    "NAMESPACE",
    "REPORTER",
    "SITE",
    "ACCELERATOR",
    "WEBHOOK-URL",
    "INFINISPAN",
    "METRICS-SECRET",
    "RUNBOOK",
)
# Every value gets another one, in which no old value occurs.
OTHER_VALUES = {
    "site-a": "dublin",
    "site-b": "stockholm",
    "namespace": "login",
    "infinispan": "datagrid",
    "metrics-secret": "datagrid-operator",
    "accelerator": "a0123456789abcdef.awsglobalaccelerator.com",
    "webhook-url": "https://other.lambda-url.eu-north-1.on.aws/",
    "webhook-username": "somebody",
    "runbook": "https://wiki.example/site-fencing",
}


@pytest.fixture(scope="module")
def elsewhere(openshift: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another installation: only values.yaml differs."""
    copy = tmp_path_factory.mktemp("elsewhere") / "openshift"
    shutil.copytree(openshift, copy)
    file = copy / "values" / "values.yaml"
    values = yaml.safe_load(file.read_text())
    assert set(values["data"]) == set(OTHER_VALUES)
    file.write_text(yaml.safe_dump(values | {"data": OTHER_VALUES}))
    return copy


def test_a_cluster_applies_the_rule_the_routing_and_the_scrape_in_one_namespace(resources: Resources) -> None:
    assert set(resources) == {
        "PrometheusRule/site-fencing",
        "AlertmanagerConfig/site-fencing",
        "ServiceMonitor/site-fencing",
    }
    assert {each["metadata"]["namespace"] for each in resources.values()} == {"keycloak"}


def test_every_placeholder_is_filled_in(openshift: Path, site: str) -> None:
    for folder in (site, "credentials"):
        text = json.dumps(render(openshift / folder))
        assert [word for word in PLACEHOLDERS if word in text] == []


@pytest.mark.parametrize("folder", ["site-a", "site-b", "credentials"])
def test_every_value_comes_from_values_yaml(elsewhere: Path, folder: str) -> None:
    rendered = json.dumps(render(elsewhere / folder))
    old_values = yaml.safe_load((OPENSHIFT / "values" / "values.yaml").read_text())["data"]

    assert [name for name, value in old_values.items() if re.search(rf'"{re.escape(value)}\\?"', rendered)] == []
    if folder != "credentials":
        used = set(OTHER_VALUES) - {"webhook-username"}
        assert [name for name in used if OTHER_VALUES[name] not in rendered] == []


def test_each_site_reports_the_other_one(openshift: Path) -> None:
    for reporter, other in (("site-a", "site-b"), ("site-b", "site-a")):
        [group] = render(openshift / reporter)["PrometheusRule/site-fencing"]["spec"]["groups"]
        for rule in group["rules"]:
            assert f'site="{other}"' in rule["expr"]
            assert f'site="{reporter}"' not in rule["expr"]
            if "alert" in rule:
                assert rule["labels"]["reporter"] == reporter


def test_the_credentials_are_where_the_routing_looks_for_them(openshift: Path, resources: Resources) -> None:
    secret = render(openshift / "credentials")["Secret/site-fencing-webhook"]
    [receiver] = resources["AlertmanagerConfig/site-fencing"]["spec"]["receivers"]
    basic_auth = receiver["webhookConfigs"][0]["httpConfig"]["basicAuth"]

    assert secret["type"] == "kubernetes.io/basic-auth"
    assert secret["metadata"]["namespace"] == "keycloak"
    for part in ("username", "password"):
        assert basic_auth[part]["name"] == secret["metadata"]["name"]
        assert base64.b64decode(secret["data"][basic_auth[part]["key"]])


def test_no_password_is_shipped(tmp_path: Path) -> None:
    copy = tmp_path / "openshift"
    shutil.copytree(OPENSHIFT, copy, ignore=shutil.ignore_patterns("webhook.env"))

    with pytest.raises(RenderingFailed, match=r"webhook\.env"):
        render(copy / "credentials")


def test_certificates_are_verified(resources: Resources) -> None:
    text = json.dumps(resources["AlertmanagerConfig/site-fencing"])

    assert '"url": "https://' in text
    assert "insecureSkipVerify" not in text


def test_user_workload_monitoring_gets_an_alertmanager_that_reads_our_routing(openshift: Path) -> None:
    maps = render(openshift / "cluster")

    monitoring = yaml.safe_load(maps["ConfigMap/cluster-monitoring-config"]["data"]["config.yaml"])
    user_workload = yaml.safe_load(maps["ConfigMap/user-workload-monitoring-config"]["data"]["config.yaml"])
    assert monitoring == {"enableUserWorkload": True}
    assert user_workload == {"alertmanager": {"enabled": True, "enableAlertmanagerConfig": True}}
