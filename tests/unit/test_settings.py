"""Settings name the variable that is wrong and what is expected of it."""

from __future__ import annotations

import pytest

from fencing import settings
from fencing.errors import InvalidSetting
from fencing.settings import Sites


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in {
        "SITE_A": "site-a",
        "SITE_B": "site-b",
        "SITE_A_INFINISPAN_URL": "https://infinispan.site-a.example:8443/",
        "SITE_B_INFINISPAN_URL": "https://infinispan.site-b.example",
        "HOLD_DOWN_SECONDS": "600",
        "NAMES": " a, b ,,c ",
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
    assert settings.listing("NAMES") == ("a", "b", "c")
    assert settings.listing("NOT_THERE") == ()


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
