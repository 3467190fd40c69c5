"""The plain files are those that cluster/openshift/ gives, and Prometheus and Alertmanager understand them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml

from local.monitoring.plain import PLAIN, NotTranslated, alertmanager, plain_files
from local.tools import AMTOOL, PROMTOOL, path_of
from tests.monitoring.conftest import Resources

pytestmark = pytest.mark.real

RULES_TEST = Path(__file__).parent / "rules_test.yml"
INCIDENT = {
    "alertname": "SiteOffline",
    "namespace": "keycloak",
    "reporter": "site-a",
    "site": "site-b",
    "accelerator": "a3da6a6cbd4e27b02.awsglobalaccelerator.com",
    "condition": "link-down",
}


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)


def receiver_of(site: str, labels: dict[str, str]) -> str:
    file = PLAIN / site / "alertmanager.yml"
    arguments = [f"{name}={value}" for name, value in labels.items()]
    result = run(path_of(AMTOOL), "config", "routes", "test", f"--config.file={file}", *arguments)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def test_the_files_are_up_to_date(site: str) -> None:
    for name, text in plain_files(site).items():
        assert (PLAIN / site / name).read_text() == text, "Run `python -m local.commands.plain_monitoring`."


def test_the_rules_are_valid(site: str) -> None:
    result = run(path_of(PROMTOOL), "check", "rules", PLAIN / site / "rules.yml")

    assert result.returncode == 0, result.stderr
    assert "5 rules found" in result.stdout


def test_the_rules_do_what_they_should() -> None:
    result = run(path_of(PROMTOOL), "test", "rules", RULES_TEST)

    assert result.returncode == 0, result.stdout + result.stderr


def test_prometheus_understands_its_file(site: str, tmp_path: Path) -> None:
    document = yaml.safe_load((PLAIN / site / "prometheus.yml").read_text())
    # Debian builds Prometheus without the discovery of Kubernetes.
    [scrape] = document["scrape_configs"]
    assert scrape.pop("kubernetes_sd_configs") == [{"role": "endpoints", "namespaces": {"names": ["keycloak"]}}]
    file = tmp_path / "prometheus.yml"
    file.write_text(yaml.safe_dump(document))

    result = run(path_of(PROMTOOL), "check", "config", "--syntax-only", file)

    assert result.returncode == 0, result.stderr


def test_alertmanager_understands_its_file(site: str) -> None:
    result = run(path_of(AMTOOL), "check-config", PLAIN / site / "alertmanager.yml")

    assert result.returncode == 0, result.stderr
    assert "SUCCESS" in result.stdout


def test_an_incident_goes_to_the_webhook(site: str) -> None:
    assert receiver_of(site, INCIDENT) == "webhook"
    assert receiver_of(site, INCIDENT | {"condition": "still-online"}) == "webhook"


@pytest.mark.parametrize("other", [{"alertname": "FencingBlind"}, {"alertname": "Watchdog"}, {"namespace": "staging"}])
def test_everything_else_goes_to_people(site: str, other: dict[str, str]) -> None:
    assert receiver_of(site, INCIDENT | other) == "people"


def test_alerts_that_mean_different_incidents_are_in_different_groups(resources: Resources) -> None:
    group_by = set(resources["AlertmanagerConfig/site-fencing"]["spec"]["route"]["groupBy"])

    assert group_by == set(INCIDENT) - {"alertname"}


def test_a_field_that_is_not_translated_is_an_error(resources: Resources) -> None:
    config = resources["AlertmanagerConfig/site-fencing"]
    spec = config["spec"] | {"route": config["spec"]["route"] | {"muteTimeIntervals": ["nights"]}}

    with pytest.raises(NotTranslated, match="muteTimeIntervals"):
        alertmanager({**config, "spec": spec}, username="somebody")
