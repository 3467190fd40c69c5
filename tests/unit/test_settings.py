"""Settings name the variable that is wrong and what is expected of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fencing import settings
from fencing.errors import InvalidSetting
from fencing.settings import Sites
from tests.unit.builders import ACCELERATOR_ARN, DNS_NAME, SITES, load_balancer

SECRET_ARN = "arn:aws:secretsmanager:us-west-2:123456789012:secret:fencing/infinispan-AbCdEf"


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in {
        "SITE_A": "site-a",
        "SITE_B": "site-b",
        "SITE_A_INFINISPAN_URL": "https://infinispan.site-a.example:8443/",
        "SITE_B_INFINISPAN_URL": "https://infinispan.site-b.example",
        "HOLD_DOWN_SECONDS": "600",
        "ACCELERATOR_DNS_NAMES": f" {DNS_NAME.upper()}, a1.dualstack.awsglobalaccelerator.com. ,,",
        "ACCELERATOR_ARNS": ACCELERATOR_ARN,
        "SITE_A_LOAD_BALANCER_ARNS": f"{load_balancer('site-a')}, {load_balancer('site-a', 'eu-central-1')}",
        "SITE_B_LOAD_BALANCER_ARNS": load_balancer("site-b"),
        "SECRET_ARN": SECRET_ARN,
    }.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_well_formed_settings_are_read(environment: pytest.MonkeyPatch) -> None:
    sites = Sites.from_environment()
    assert sites == Sites("site-a", "site-b")
    assert settings.infinispan_urls(sites) == {
        "site-a": "https://infinispan.site-a.example:8443",
        "site-b": "https://infinispan.site-b.example",
    }
    assert settings.seconds("HOLD_DOWN_SECONDS") == 600
    assert settings.accelerator_dns_names() == (DNS_NAME, "a1.dualstack.awsglobalaccelerator.com")
    assert settings.accelerator_arns() == (ACCELERATOR_ARN,)
    assert settings.load_balancers(sites) == {
        load_balancer("site-a"): "site-a",
        load_balancer("site-a", "eu-central-1"): "site-a",
        load_balancer("site-b"): "site-b",
    }
    assert settings.secret_arn("SECRET_ARN") == SECRET_ARN


def test_lists_may_be_empty_or_missing(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("ACCELERATOR_ARNS", " , ")
    for name in ("ACCELERATOR_DNS_NAMES", "SITE_A_LOAD_BALANCER_ARNS", "SITE_B_LOAD_BALANCER_ARNS"):
        environment.delenv(name)
    assert (settings.accelerator_arns(), settings.accelerator_dns_names()) == ((), ())
    assert settings.load_balancers(SITES) == {}


def test_a_pair_has_one_key_whoever_is_called_first() -> None:
    assert Sites("b", "a").key == Sites("a", "b").key == "a+b"
    assert "a" in Sites("b", "a")
    assert "c" not in Sites("b", "a")
    assert str(Sites("b", "a")) == "b and a"


@pytest.mark.parametrize("value", [None, "", "   "])
def test_a_missing_or_empty_variable_is_named(environment: pytest.MonkeyPatch, value: str | None) -> None:
    environment.delenv("SITE_A") if value is None else environment.setenv("SITE_A", value)
    with pytest.raises(InvalidSetting, match="The environment variable SITE_A is missing or empty"):
        settings.text("SITE_A")


@pytest.mark.parametrize("value", ["10 minutes", "-5", "1.5", "1e3", "٦٠٠", "0x10", "99999999"])
def test_seconds_are_digits_only(environment: pytest.MonkeyPatch, value: str) -> None:
    environment.setenv("HOLD_DOWN_SECONDS", value)
    with pytest.raises(InvalidSetting, match="HOLD_DOWN_SECONDS should be a whole number of seconds"):
        settings.seconds("HOLD_DOWN_SECONDS")


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("SITE_A", "site a", "SITE_A should be a site name"),
        ("SITE_B", "-site", "SITE_B should be a site name"),
        ("SITE_B", "s" * 64, "SITE_B should be a site name"),
        ("SITE_B", "ѕite-b", "SITE_B should be a site name"),
        ("SITE_B", "site-a", "SITE_A and SITE_B name the same site"),
    ],
)
def test_a_malformed_site_is_named(environment: pytest.MonkeyPatch, variable: str, value: str, said: str) -> None:
    environment.setenv(variable, value)
    with pytest.raises(InvalidSetting, match=said):
        Sites.from_environment()


@pytest.mark.parametrize(
    "url",
    [
        "http://infinispan.example", "infinispan.example:11222", "https://", "https://user:password@infinispan.example",
        "https://infinispan.example/rest", "https://infinispan.example?x=y", "https://infinispan.example:port",
        "https://infinispan.example:65536", "https://infinispan.example#x", "https://infin ispan.example",
    ],
)  # fmt: skip
def test_a_malformed_url_is_named(environment: pytest.MonkeyPatch, url: str) -> None:
    environment.setenv("SITE_B_INFINISPAN_URL", url)
    with pytest.raises(InvalidSetting, match="SITE_B_INFINISPAN_URL should be https://HOST") as caught:
        settings.infinispan_urls(Sites("site-a", "site-b"))
    assert "password" not in str(caught.value)


def test_two_sites_have_two_infinispans(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("SITE_B_INFINISPAN_URL", "https://infinispan.site-a.example:8443")
    with pytest.raises(InvalidSetting, match="SITE_A_INFINISPAN_URL and SITE_B_INFINISPAN_URL lead to the same"):
        settings.infinispan_urls(SITES)


@pytest.mark.parametrize(
    ("variable", "read", "value", "expected"),
    [
        ("ACCELERATOR_DNS_NAMES", settings.accelerator_dns_names, "example.com", "DNS names of accelerators"),
        ("ACCELERATOR_DNS_NAMES", settings.accelerator_dns_names, f"{DNS_NAME} {DNS_NAME}", "separated by commas"),
        ("ACCELERATOR_ARNS", settings.accelerator_arns, DNS_NAME, "ARNs of accelerators"),
        ("ACCELERATOR_ARNS", settings.accelerator_arns, f"{ACCELERATOR_ARN}/listener/1", "ARNs of accelerators"),
        ("SECRET_ARN", lambda: settings.secret_arn("SECRET_ARN"), "", "missing or empty"),
        ("SECRET_ARN", lambda: settings.secret_arn("SECRET_ARN"), "infinispan", "the ARN of a secret"),
        (
            "SECRET_ARN",
            lambda: settings.secret_arn("SECRET_ARN"),
            SECRET_ARN.replace("us-west-2", "eu-west-1"),
            "names a secret in eu-west-1, but this function runs in us-west-2",
        ),
    ],
)
def test_a_malformed_or_foreign_resource_is_named(
    environment: pytest.MonkeyPatch, variable: str, read: Callable[[], Any], value: str, expected: str
) -> None:
    environment.setenv(variable, value)
    with pytest.raises(InvalidSetting, match=f"The environment variable {variable} .*{expected}"):
        read()


@pytest.mark.parametrize("variable", ["SITE_A_LOAD_BALANCER_ARNS", "SITE_B_LOAD_BALANCER_ARNS"])
@pytest.mark.parametrize(
    "value",
    [
        "keycloak-site-a",
        "arn:aws:elasticloadbalancing::123456789012:loadbalancer/net/keycloak/0123456789abcdef",
        "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/keycloak/0123456789abcdef",
        "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/keycloak",
        f"{load_balancer('site-a')};{load_balancer('site-b')}",
    ],
)
def test_what_is_no_load_balancers_arn_is_named(environment: pytest.MonkeyPatch, variable: str, value: str) -> None:
    environment.setenv(variable, value)
    with pytest.raises(InvalidSetting, match=f"{variable} should be ARNs of load balancers, separated by commas"):
        settings.load_balancers(SITES)


@pytest.mark.parametrize("variable", ["SITE_A_LOAD_BALANCER_ARNS", "SITE_B_LOAD_BALANCER_ARNS"])
def test_the_load_balancers_of_one_site_alone_tell_nothing(environment: pytest.MonkeyPatch, variable: str) -> None:
    environment.setenv(variable, "")
    with pytest.raises(InvalidSetting, match=f"{variable}.* should be given both, or neither"):
        settings.load_balancers(SITES)


def test_a_load_balancer_is_not_of_both_sites(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("SITE_B_LOAD_BALANCER_ARNS", f"{load_balancer('site-b')},{load_balancer('site-a')}")
    with pytest.raises(InvalidSetting, match=f"SITE_B_LOAD_BALANCER_ARNS both have {load_balancer('site-a')}"):
        settings.load_balancers(SITES)
