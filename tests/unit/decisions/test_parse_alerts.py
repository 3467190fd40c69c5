"""Which alerts of a body are acted on."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencing.decisions.parse_alerts import MAX_ALERTS, ParsedAlerts, parse_alerts
from fencing.errors import Malformed
from tests.unit.builders import DNS_NAME, NOW, SITES, alert, body, firing


def parse_body(document: Any, *dns_names: str, now: datetime = NOW) -> ParsedAlerts:
    return parse_alerts(document, sites=SITES, dns_names=dns_names, now=now)


def parse(*alerts: Any, **changes: Any) -> ParsedAlerts:
    return parse_body(body(*alerts, **changes), DNS_NAME)


def test_a_firing_alert_is_parsed_with_exactly_what_the_workflow_needs() -> None:
    assert parse(firing()) == ParsedAlerts(alerts=(alert(),), refused=(), ignored=0, over_limit=0, truncated=0)


@pytest.mark.parametrize(
    "alerts",
    [
        pytest.param([], id="none"),
        pytest.param([firing(status="resolved")], id="resolved"),
        pytest.param([firing({"alertname": "Watchdog"})], id="another name"),
        pytest.param([firing({"alertname": None})], id="no name"),
        pytest.param([firing({"alertname": "siteoffline"})], id="a name in another case"),
        pytest.param([firing({"alertname": "Watchdog", "reporter": None, "site": None})], id="a heartbeat"),
        pytest.param([firing({"reporter": "nonsense"}, status="resolved")], id="resolved and malformed"),
    ],
)
def test_what_does_not_concern_us_is_ignored(alerts: list[Any]) -> None:
    assert parse(*alerts) == ParsedAlerts(alerts=(), refused=(), ignored=len(alerts), over_limit=0, truncated=0)


def test_each_alert_counts_by_its_own_status_not_by_the_groups() -> None:
    assert parse(firing(status="resolved"), firing(), status="resolved").alerts == (alert(),)
    assert parse(firing(status="resolved"), status="firing").alerts == ()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"labels": {"reporter": None}}, "labels.reporter"),
        ({"labels": {"site": None}}, "labels.site"),
        ({"labels": {"accelerator": None}}, "labels.accelerator"),
        ({"labels": {"accelerator": 7}}, "labels.accelerator"),
        ({"labels": {"reporter": ["site-a"]}}, "labels.reporter"),
        ({"labels": {"reporter": "site-b"}}, "site-b reports itself"),
        ({"labels": {"reporter": "site-c"}}, "'reporter' names none of this stack's sites"),
        ({"labels": {"site": "site-c"}}, "'site' names none of this stack's sites"),
        ({"labels": {"site": ""}}, "'site'"),
        ({"labels": {"accelerator": "a0.awsglobalaccelerator.com"}}, "'accelerator' names none of this stack's"),
        ({"startsAt": None}, "startsAt"),
        ({"startsAt": 5}, "startsAt"),
        ({"startsAt": "yesterday"}, "RFC 3339"),
        ({"startsAt": "2026-11-22T18:32:38"}, "RFC 3339"),
        ({"startsAt": "2026-11-22T18:32:38Z" + "0" * 1_000_000}, "RFC 3339"),
        ({"startsAt": "2026-11-22T18:50:01Z"}, "future"),
        ({"fingerprint": None}, "fingerprint"),
        ({"fingerprint": "FEFB802A49F43793"}, "fingerprint"),
        ({"fingerprint": "../../etc/passwd"}, "fingerprint"),
        ({"status": None}, "status"),
        ({"status": "suppressed"}, "firing or resolved"),
        ({"status": True}, "status"),
    ],
)
def test_a_bad_alert_is_refused_by_place_and_reason_and_the_good_one_beside_it_parsed(
    change: dict[str, Any], named: str
) -> None:
    parsed = parse(firing(status="resolved"), firing(**change), firing())
    assert parsed.alerts == (alert(),)
    (refused,) = parsed.refused
    assert refused.index == 1
    assert named in refused.reason
    assert len(refused.reason) < 300


@pytest.mark.parametrize("labels", [{}, {"labels": None}, {"labels": []}, {"labels": "SiteOffline"}, {"labels": 5}])
def test_an_alert_without_labels_is_refused_unless_it_is_resolved(labels: dict[str, Any]) -> None:
    parsed = parse(firing(), {"status": "firing"} | labels, {"status": "resolved"} | labels)
    assert parsed.alerts == (alert(),)
    (refused,) = parsed.refused
    assert (refused.index, parsed.ignored) == (1, 1)
    assert "'labels.accelerator' should be a string, but is missing" in refused.reason


@pytest.mark.parametrize(
    "name",
    [
        "site-a'", "site-a`", "site-a\x00", "site-a\n", "site-a\r\nX: y", "../site-a", "site-a/..", "site-a?action=x",
        "@", "site a", "sіte-a", "ｓite-a", "-site-a", ".site-a", "site-a\ud800", "s" * 64, "s" * 1_000_000,
    ],
)  # fmt: skip
def test_a_label_that_is_no_site_name_never_becomes_an_alert(name: str) -> None:
    for label in ("reporter", "site"):
        parsed = parse_body(body(firing({label: name})))
        assert parsed.alerts == ()
        assert f"The label '{label}'" in parsed.refused[0].reason


@pytest.mark.parametrize(
    "name",
    [
        "example.com", "a1.awsglobalaccelerator.com.evil.example", "a1.awsglobalaccelerator.com\n",
        "a1.awsglobalaccelerator.com\x00",
        "*.awsglobalaccelerator.com", ".awsglobalaccelerator.com", "a1.dualstack.dualstack.awsglobalaccelerator.com",
        "a1.awsglobalaccelerator.com..", "a b.awsglobalaccelerator.com", "а1.awsglobalaccelerator.com",
        "\u212a1.awsglobalaccelerator.com", "a1.awsglobalaccelerator.com`]|keys(@)", "a" * 1_000_000,
    ],
)  # fmt: skip
def test_a_label_that_is_no_accelerators_dns_name_never_becomes_an_alert(name: str) -> None:
    parsed = parse_body(body(firing({"accelerator": name})))
    assert parsed.alerts == ()
    assert "'accelerator'" in parsed.refused[0].reason


@pytest.mark.parametrize(
    "name", [DNS_NAME.upper(), f"{DNS_NAME}.", "A3DA6A6CBD4E27B02.dualstack.awsglobalaccelerator.com"]
)
def test_case_trailing_dot_and_dual_stack_name_the_same_accelerator(name: str) -> None:
    (found,) = parse(firing({"accelerator": name})).alerts
    assert found.accelerator in {DNS_NAME, DNS_NAME.replace(".", ".dualstack.", 1)}


def test_without_configured_names_a_later_step_checks_the_accelerator() -> None:
    name = "a0000000000000000.awsglobalaccelerator.com"
    assert parse_body(body(firing({"accelerator": name}))).alerts == (alert(accelerator=name),)


@pytest.mark.parametrize(
    "time",
    [
        "2026-11-22T18:32:38Z", "2026-11-22T18:32:38.147123456Z", "2026-11-22T19:32:38.147+01:00",
        "2020-01-01T00:00:00Z", "2026-11-22T18:49:59Z",
    ],
)  # fmt: skip
def test_times_as_alertmanager_writes_them_are_read_even_of_a_clock_slightly_ahead(time: str) -> None:
    assert parse(firing(startsAt=time)).alerts == (alert(starts_at=time),)


@pytest.mark.parametrize(
    "time",
    [
        "2026-11-22\x0018:32:38Z", "2026-11-22\n18:32:38Z", "2026-11-22\ud80018:32:38Z", "2026-W47-7T18:32:38Z",
        "20261122T183238Z", "2026-13-41T18:32:38Z",
        "2026-11-22T18Z", "2026-11-22T18:32:38+00:00:59", "２026-11-22T18:32:38Z",
    ],
)  # fmt: skip
def test_a_time_that_is_not_written_as_rfc_3339_says_is_refused(time: str) -> None:
    (refused,) = parse(firing(startsAt=time)).refused
    assert "RFC 3339" in refused.reason


def test_the_same_alert_twice_in_a_body_is_one() -> None:
    assert len(parse(firing(), firing()).alerts) == 1


def test_both_accusations_in_a_body_are_two() -> None:
    both = parse(firing(), firing({"reporter": "site-b", "site": "site-a"}))
    assert [(found.reporter, found.offline_site) for found in both.alerts] == [
        ("site-a", "site-b"),
        ("site-b", "site-a"),
    ]


def test_beyond_the_limit_alerts_are_counted_and_left_out() -> None:
    many = [firing(fingerprint=f"{number:016x}") for number in range(MAX_ALERTS + 3)]
    parsed = parse(firing(status="resolved"), *many)
    assert len(parsed.alerts) == MAX_ALERTS
    assert (parsed.ignored, parsed.over_limit) == (1, 3)


@pytest.mark.parametrize(("given", "counted"), [(0, 0), (7, 7), ("7", 0), (None, 0), ([], 0)])
def test_truncation_is_reported_when_it_is_a_number(given: Any, counted: int) -> None:
    assert parse(truncatedAlerts=given).truncated == counted


def test_unknown_fields_are_accepted_everywhere() -> None:
    assert parse(firing(novelty={"a": [1]}), **{"new-in-5": True}).alerts == (alert(),)


@pytest.mark.parametrize(
    "document",
    [
        None, True, 5, "text", [], {}, {"version": "4"}, {"alerts": []}, {"version": 4, "alerts": []},
        {"version": "3", "alerts": []}, {"version": "4", "alerts": {}}, {"version": "4", "alerts": [1]},
        {"version": "4", "alerts": [None]}, {"version": "4", "alerts": [[firing()]]},
    ],
)  # fmt: skip
def test_anything_else_than_a_webhook_of_version_4_is_malformed(document: Any) -> None:
    with pytest.raises(Malformed):
        parse_body(document, DNS_NAME)


def test_captured_bodies_of_alertmanager_are_read(alertmanager_body: str) -> None:
    document = json.loads(alertmanager_body)
    parsed = parse_body(document, DNS_NAME, now=NOW + timedelta(days=1))
    ours = [a for a in document["alerts"] if a["status"] == "firing" and a["labels"]["site"] == "site-b"]
    assert len(parsed.alerts) == len({a["fingerprint"] for a in ours})
    assert parsed.ignored == sum(a["status"] == "resolved" for a in document["alerts"])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
LABEL = st.sampled_from(["site-a", "site-b", "site-c", DNS_NAME, "", "site-a\n", "SiteOffline"]) | st.text() | JSON
ALERTS = st.fixed_dictionaries(
    {},
    optional={
        "status": st.sampled_from(["firing", "resolved", "", "FIRING"]) | JSON,
        "labels": JSON
        | st.fixed_dictionaries(
            {"alertname": st.sampled_from(["SiteOffline", "Watchdog"])},
            optional={"reporter": LABEL, "site": LABEL, "accelerator": st.just(DNS_NAME) | LABEL},
        ),
        "startsAt": st.sampled_from(["2026-11-22T18:32:38.147Z", "0001-01-01T00:00:00Z"]) | st.text() | JSON,
        "fingerprint": st.just("fefb802a49f43793") | st.text() | JSON,
    },
)
BODIES = st.fixed_dictionaries(
    {"version": st.just("4") | JSON, "alerts": st.lists(ALERTS | JSON, max_size=4) | JSON},
    optional={"truncatedAlerts": JSON, "status": JSON},
)


@given(document=BODIES | JSON)
def test_whatever_json_arrives_it_is_malformed_or_sorted_into_alerts_refusals_and_the_rest(document: Any) -> None:
    try:
        parsed = parse_body(document, DNS_NAME)
    except Malformed:
        return
    given_alerts = document["alerts"]
    firing_of_ours = sum(
        found.get("status") == "firing"
        and isinstance(found.get("labels"), dict)
        and found["labels"].get("alertname") == "SiteOffline"
        for found in given_alerts
    )
    assert len(parsed.alerts) <= firing_of_ours
    assert len(parsed.alerts) + len(parsed.refused) + parsed.ignored <= len(given_alerts)
    for found in parsed.alerts:
        assert {found.reporter, found.offline_site} == {"site-a", "site-b"}
        assert found.accelerator == DNS_NAME
        assert re.fullmatch("[0-9a-f]{16}", found.fingerprint)
