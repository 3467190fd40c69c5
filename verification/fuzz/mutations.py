"""Mutations of a captured body: of its structure, of its JSON text, and of its bytes."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from random import Random
from typing import Any

from verification.fuzz.corpus import DNS_NAME, DOCUMENTS, INJECTIONS, NUMBERS, SITES, TIMES

MILLION = 1_000_000
LOOK_ALIKES = str.maketrans({"a": "\u0430", "e": "\u0435", "i": "\u0456", "o": "\u043e", "s": "\u0455"})
LABELS = ("accelerator", "reporter", "site", "alertname")
FIELDS = ("status", "startsAt", "fingerprint", "labels", "annotations", "endsAt")


def hostile_body(random: Random) -> bytes:
    """A captured body, changed in one to four ways."""
    document = copy.deepcopy(random.choice(DOCUMENTS))
    _let_it_fire(random, document)
    for _ in range(random.randint(1, 3)):
        document = random.choice(_STRUCTURAL)(random, document)
    if random.random() < 0.02:
        return random.choice(_TEXTUAL)(random)
    body = _encoded(random, document)
    return random.choice(_BYTEWISE)(random, body) if random.random() < 0.25 else body


def acceptable_body(random: Random) -> bytes:
    """A captured body with an alert of our two sites that fires: the one that must lead to an execution."""
    document = copy.deepcopy(random.choice(DOCUMENTS))
    _let_it_fire(random, document)
    document["alerts"] = document["alerts"][:1]
    return json.dumps(document).encode()


def _let_it_fire(random: Random, document: dict[str, Any]) -> None:
    """Otherwise most mutants would be ignored for a reason that has nothing to do with their mutation."""
    for alert in document["alerts"]:
        reporter = random.choice(SITES)
        alert["status"] = "firing"
        alert["labels"] |= {"reporter": reporter, "site": SITES[1 - SITES.index(reporter)], "accelerator": DNS_NAME}


def hostile_value(random: Random) -> Any:
    """A value of some type that a field may be replaced by."""
    return random.choice(
        (
            lambda: random.choice(INJECTIONS),
            lambda: random.choice(TIMES),
            lambda: random.choice(NUMBERS),
            lambda: None,
            list,
            dict,
            lambda: [random.choice(INJECTIONS)],
            lambda: {"site": "site-b", random.choice(INJECTIONS): None},
            lambda: chr(random.randrange(0x110000)) * random.choice((1, 7, 300)),
            lambda: "x" * random.choice((100, 5_000)),
        )
    )()


def _alert_of(random: Random, document: Any) -> dict[str, Any] | None:
    alerts = document.get("alerts") if isinstance(document, dict) else None
    found = random.choice(alerts) if isinstance(alerts, list) and alerts else None
    return found if isinstance(found, dict) else None


def _change_label(random: Random, document: Any) -> Any:
    alert = _alert_of(random, document)
    if alert is not None and isinstance(alert.get("labels"), dict):
        label = random.choice(LABELS)
        given = alert["labels"].get(label)
        alert["labels"][label] = random.choice((hostile_value(random), random.choice(INJECTIONS), _near(random, given)))
    return document


def _near(random: Random, given: Any) -> Any:
    """A string that looks like the given one."""
    text = str(given)
    place = random.randint(0, len(text))
    character = random.choice("\x00\r\n\t \u200b\u00ad.%/\\'\"`{}$")
    return random.choice((text.translate(LOOK_ALIKES), text.upper(), text[:place] + character + text[place:], text * 2))


def _change_field(random: Random, document: Any) -> Any:
    alert = _alert_of(random, document)
    if alert is not None:
        alert[random.choice(FIELDS)] = random.choice((hostile_value(random), random.choice(TIMES)))
    return document


def _drop_something(random: Random, document: Any) -> Any:
    alert = _alert_of(random, document)
    for target in (document, alert, alert and alert.get("labels")):
        if isinstance(target, dict) and target and random.random() < 0.4:
            del target[random.choice(list(target))]
    return document


def _change_envelope(random: Random, document: Any) -> Any:
    if isinstance(document, dict) and document:
        document[random.choice([*document, random.choice(INJECTIONS)])] = hostile_value(random)
    return document


def _add_unknown_fields(random: Random, document: Any) -> Any:
    for target in (document, _alert_of(random, document)):
        if isinstance(target, dict):
            target[f"new{random.randrange(9)}"] = hostile_value(random)
    return document


def _multiply_alerts(random: Random, document: Any) -> Any:
    alert = _alert_of(random, document)
    if alert is not None and random.random() < 0.3:
        # The same text for all, so that many of them don't lead to as many executions.
        document["alerts"] = [dict(alert) for _ in range(random.choice((2, 64, 65, 150)))]
    return document


def _mix_in_an_alert(random: Random, document: Any) -> Any:
    if isinstance(document, dict) and isinstance(document.get("alerts"), list):
        document["alerts"].insert(0, hostile_value(random) if random.random() < 0.3 else {"status": "firing"})
    return document


def _replace_whole(random: Random, document: Any) -> Any:
    return hostile_value(random) if random.random() < 0.1 else document


_STRUCTURAL: tuple[Callable[[Random, Any], Any], ...] = (
    _change_label,
    _change_label,
    _change_field,
    _change_field,
    _drop_something,
    _change_envelope,
    _add_unknown_fields,
    _multiply_alerts,
    _mix_in_an_alert,
    _replace_whole,
)


def _nested(random: Random) -> bytes:
    opening, closing = random.choice(((b"[", b"]"), (b'{"alerts":', b"}"), (b'{"a":[', b"]}")))
    depth = random.choice((10, 500, 990, 5_000, 20_000))
    return opening * depth + b"1" + closing * random.choice((depth, 0))


def _nested_inside(random: Random) -> bytes:
    depth = random.choice((50, 500, 990))
    deep = "[" * depth + "]" * depth
    return f'{{"version": "4", "alerts": [{{"status": "firing", "labels": {deep}}}], "x": {deep}}}'.encode()


def _huge(random: Random) -> bytes:
    label = "a" * random.choice((10_000, 200_000, MILLION))
    alert = {"status": "firing", "labels": {"alertname": "SiteOffline", random.choice(LABELS): label}}
    return json.dumps({"version": "4", "alerts": [alert]}).encode()


def _digits(random: Random) -> bytes:
    number = "9" * random.choice((4_299, 4_300, 4_301, 100_000))
    return f'{{"version": "4", "alerts": [], "truncatedAlerts": {number}}}'.encode()


def _duplicate_keys(random: Random) -> bytes:
    body = _encoded(random, copy.deepcopy(random.choice(DOCUMENTS))).decode(errors="replace")
    return body.replace('"labels"', f'"labels": {json.dumps(hostile_value(random))}, "labels"', 1).encode(
        errors="replace"
    )


_TEXTUAL: tuple[Callable[[Random], bytes], ...] = (_nested, _nested_inside, _huge, _digits, _duplicate_keys)


def _encoded(random: Random, document: Any) -> bytes:
    text = json.dumps(document, ensure_ascii=random.random() < 0.7)
    return text.encode(random.choice(("utf-8",) * 9 + ("utf-16", "utf-32", "utf-8-sig")), errors="surrogatepass")


def _flip(random: Random, body: bytes) -> bytes:
    changed = bytearray(body)
    for _ in range(random.randint(1, 8) if changed else 0):
        changed[random.randrange(len(changed))] = random.randrange(256)
    return bytes(changed)


def _cut(random: Random, body: bytes) -> bytes:
    return body[: random.randint(0, len(body))]


def _splice(random: Random, body: bytes) -> bytes:
    start, end = sorted(random.randint(0, len(body)) for _ in range(2))
    return (
        body[:start] + random.choice((b"", body[start:end] * 2, random.randbytes(random.randint(1, 40)))) + body[end:]
    )


def _surround(random: Random, body: bytes) -> bytes:
    around = random.choice((b"\x00", b"\xef\xbb\xbf", b"\r\n\r\n", b" " * 300_000, b"//", b"\xff\xfe"))
    return random.choice((around + body, body + around))


def _noise(random: Random, body: bytes) -> bytes:
    return random.randbytes(random.choice((0, 1, 40, len(body))))


_BYTEWISE: tuple[Callable[[Random, bytes], bytes], ...] = (_flip, _flip, _cut, _splice, _surround, _noise)
