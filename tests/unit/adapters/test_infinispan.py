"""One site's Infinispan, against the simulated sites, and against servers that no Infinispan would be."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import urllib3
from werkzeug.wrappers import Request, Response

from fencing.adapters import infinispan as adapter
from fencing.adapters.infinispan import Infinispan, InfinispanOfSite, InfinispanSettings, connections
from fencing.adapters.secrets import Credentials, Secret
from fencing.errors import (
    InfinispanAccessDenied,
    InfinispanMisconfigured,
    InfinispanUnavailable,
    InvalidInput,
    InvalidSetting,
)
from local.aws import InProcessAws
from local.sites.certificates import Authority
from local.sites.simulated.pair import SimulatedPair
from local.sites.simulated.server import HttpsServer
from tests.unit.aws_resources import create_secret, rotate_secret
from tests.unit.builders import SITES


class Keyring(Secret):
    """Credentials without Secrets Manager: the second, if any, come with a refresh."""

    def __init__(self, *passwords: str, username: str = "admin") -> None:
        self._known = [Credentials(username, password) for password in passwords]

    def current(self) -> Credentials:
        return self._known[0]

    def refreshed(self) -> bool:
        if len(self._known) == 1:
            return False
        del self._known[0]
        return True


def infinispan(
    sites: SimulatedPair, site: str = "site-a", *, secret: Secret | None = None, url: str = ""
) -> Infinispan:
    keyring = secret or Keyring(sites.admin.password)
    return Infinispan(site, url or sites.sites[site].url, keyring, connections(sites.authority.pem))


def test_two_sites_that_see_each_other(sites: SimulatedPair) -> None:
    assert infinispan(sites).sites_view() == ("site-a", "site-b")
    assert infinispan(sites).backup_status("site-b") == "online"


def test_after_the_link_is_cut_the_other_site_is_out_of_the_view(sites: SimulatedPair) -> None:
    sites.link.cut()
    assert infinispan(sites).sites_view() == ("site-a",)


def test_a_node_that_is_no_relay_node_sees_nobody(sites: SimulatedPair) -> None:
    sites.sites["site-a"].be_relay_node(is_relay=False)
    assert infinispan(sites).sites_view() == ()


def test_taking_offline_is_said_per_cache_and_seen_afterwards(sites: SimulatedPair) -> None:
    everything_ok = {"authenticationSessions": "ok", "sessions": "ok"}
    assert infinispan(sites).take_offline("site-b") == everything_ok
    assert infinispan(sites).backup_status("site-b") == "offline"
    assert infinispan(sites).take_offline("site-b") == everything_ok


def test_a_cache_that_refuses_is_told_with_its_reason_in_one_line(sites: SimulatedPair) -> None:
    sites.sites["site-a"].refuse_cache("sessions", "ISPN000287:\n  Unauthorized\taccess " + "x" * 1000)
    said = infinispan(sites).take_offline("site-b")
    assert said["authenticationSessions"] == "ok"
    assert "ISPN000287: Unauthorized access x" in said["sessions"]
    assert len(said["sessions"]) <= 200
    assert infinispan(sites).backup_status("site-b") == "mixed"


def test_an_unknown_site_has_no_status_but_take_offline_answers_all_the_same(sites: SimulatedPair) -> None:
    with pytest.raises(InfinispanMisconfigured, match="HTTP 404"):
        infinispan(sites).backup_status("site-c")
    assert set(infinispan(sites).take_offline("site-c").values()) == {"Incorrect site name: site-c"}


def test_a_site_name_never_becomes_another_path(sites: SimulatedPair) -> None:
    with pytest.raises(InfinispanMisconfigured, match="HTTP 404"):
        infinispan(sites).backup_status("../../../v2/container?x=")


def test_the_infinispan_of_the_other_site_is_recognised(sites: SimulatedPair) -> None:
    swapped = infinispan(sites, "site-a", url=sites.sites["site-b"].url)
    with pytest.raises(InfinispanMisconfigured, match="The Infinispan URL of site-a leads to the site site-b"):
        swapped.sites_view()


def test_a_wrong_password_is_final(sites: SimulatedPair) -> None:
    with pytest.raises(InfinispanAccessDenied, match="refuses the user name or password"):
        infinispan(sites, secret=Keyring("wrong")).backup_status("site-b")


def test_a_password_that_was_rotated_meanwhile_is_fetched_and_used(sites: SimulatedPair) -> None:
    assert infinispan(sites, secret=Keyring("old", sites.admin.password)).backup_status("site-b") == "online"


def test_a_rotation_in_secrets_manager_reaches_infinispan(sites: SimulatedPair, aws: InProcessAws) -> None:
    arn = create_secret(sites.admin.name, "old")
    secret = Secret(arn)
    secret.current()
    rotate_secret(arn, sites.admin.name, password=sites.admin.password)
    assert infinispan(sites, secret=secret).backup_status("site-b") == "online"


def test_a_user_without_the_admin_role_may_look_but_not_act(sites: SimulatedPair) -> None:
    observer = infinispan(sites, secret=Keyring(sites.observer.password, username=sites.observer.name))
    assert observer.sites_view() == ("site-a", "site-b")
    with pytest.raises(InfinispanAccessDenied, match=r"needs the role admin.*ISPN000287"):
        observer.backup_status("site-b")


@pytest.mark.parametrize("ca", ["", Authority("Somebody else").pem], ids=["public authorities", "another authority"])
def test_a_certificate_that_is_not_trusted_is_final(sites: SimulatedPair, ca: str) -> None:
    stranger = Infinispan("site-a", sites.sites["site-a"].url, Keyring(sites.admin.password), connections(ca))
    with pytest.raises(InfinispanMisconfigured, match="certificate of site-a's Infinispan is not trusted"):
        stranger.sites_view()


@pytest.mark.parametrize("mangle", [lambda pem: pem.replace("\n", " "), lambda pem: pem.replace("\n", "\\n"), str])
def test_a_ca_certificate_may_lose_its_line_breaks(sites: SimulatedPair, mangle: Callable[[str], str]) -> None:
    pool = connections(mangle(sites.authority.pem))
    assert Infinispan("site-a", sites.sites["site-a"].url, Keyring(sites.admin.password), pool).sites_view()


def test_several_authorities_are_all_trusted(sites: SimulatedPair) -> None:
    pool = connections(Authority("Somebody else").pem + sites.authority.pem)
    assert Infinispan("site-a", sites.sites["site-a"].url, Keyring(sites.admin.password), pool).sites_view()


@pytest.mark.parametrize(
    "nonsense",
    [
        "nonsense",
        "-----BEGIN CERTIFICATE-----\n???\n-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----\nMIIB",
    ],
)
def test_what_is_no_certificate_never_means_to_trust_others_instead(nonsense: str) -> None:
    with pytest.raises(InvalidSetting, match="INFINISPAN_CA_CERTIFICATE should be PEM text"):
        connections(nonsense)


@contextmanager
def https_server(authority: Authority, respond: Callable[[Request], Response]) -> Iterator[str]:
    """A server with a trusted certificate that answers as it likes."""
    application = Request.application(respond)
    server = HttpsServer(application, authority.issue("odd").server_context())
    server.start()
    try:
        yield server.url
    finally:
        server.stop()


@pytest.mark.parametrize(
    ("status", "raised"),
    [
        (500, InfinispanUnavailable), (502, InfinispanUnavailable), (503, InfinispanUnavailable),
        (408, InfinispanUnavailable), (429, InfinispanUnavailable),
        (400, InfinispanMisconfigured), (404, InfinispanMisconfigured), (405, InfinispanMisconfigured),
        (204, InfinispanMisconfigured),
    ],
)  # fmt: skip
def test_only_answers_that_may_change_are_worth_a_retry(
    sites: SimulatedPair, status: int, raised: type[Exception]
) -> None:
    answering = https_server(sites.authority, lambda _: Response(status=status))
    with answering as url, pytest.raises(raised, match=f"HTTP {status} to GET /rest/v2/container"):
        infinispan(sites, url=url).sites_view()


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed_and_gets_no_credentials(sites: SimulatedPair, status: int) -> None:
    followed: list[str] = []

    def elsewhere(request: Request) -> Response:
        followed.append(request.path)
        return Response("{}")

    with https_server(sites.authority, elsewhere) as target:
        redirect = Response(status=status, headers={"Location": f"{target}/stolen"})
        with https_server(sites.authority, lambda _: redirect) as url, pytest.raises(InfinispanMisconfigured):
            infinispan(sites, url=url).take_offline("site-b")
    assert followed == []


@pytest.mark.parametrize("body", ["", "<html>Welcome</html>", "[]", "null", '"ok"', "{", b"\xff\xfe"])
def test_an_answer_that_is_no_json_object_is_not_taken_for_an_infinispan(sites: SimulatedPair, body: Any) -> None:
    with https_server(sites.authority, lambda _: Response(body)) as url:
        for ask in (lambda odd: odd.sites_view(), lambda odd: odd.take_offline("site-b")):
            with pytest.raises(InfinispanUnavailable, match="something else than JSON"):
                ask(infinispan(sites, url=url))


@pytest.mark.parametrize("document", [{}, {"local_site": "site-a"}, {"local_site": None, "sites_view": ["site-a"]}])
def test_an_infinispan_without_cross_site_replication_is_misconfigured(sites: SimulatedPair, document: Any) -> None:
    answering = https_server(sites.authority, lambda _: Response(json.dumps(document)))
    with answering as url, pytest.raises(InfinispanMisconfigured, match="has no cross-site replication"):
        infinispan(sites, url=url).sites_view()


def test_a_status_that_is_no_status_is_asked_for_again_later(sites: SimulatedPair) -> None:
    answering = https_server(sites.authority, lambda _: Response('{"state": "offline"}'))
    with answering as url, pytest.raises(InfinispanUnavailable, match="gave no status of site-b"):
        infinispan(sites, url=url).backup_status("site-b")


def test_an_infinispan_that_hangs_is_given_up_soon(sites: SimulatedPair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter, "_TIMEOUT", urllib3.Timeout(connect=1, read=0.2))
    hanging = infinispan(sites)
    sites.sites["site-a"].fall_silent()
    try:
        with pytest.raises(InfinispanUnavailable, match="ReadTimeoutError"):
            hanging.sites_view()
    finally:
        sites.sites["site-a"].answer_again()


def test_an_infinispan_that_is_down_may_come_back(sites: SimulatedPair) -> None:
    sites.sites["site-a"].stop()
    with pytest.raises(InfinispanUnavailable, match="did not answer GET"):
        infinispan(sites).sites_view()
    sites.sites["site-a"].start()
    assert infinispan(sites).sites_view()


@pytest.mark.parametrize("says", [b"", b"HTTP/1.1 503 Service Unavailable\r\n\r\n"], ids=["hangs up", "speaks no TLS"])
def test_a_broken_handshake_is_a_site_in_trouble_not_a_wrong_certificate(sites: SimulatedPair, says: bytes) -> None:
    def accept_and_close() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(4096)
            connection.sendall(says)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=accept_and_close)
        thread.start()
        with pytest.raises(InfinispanUnavailable):
            infinispan(sites, url=f"https://localhost:{listener.getsockname()[1]}").sites_view()
        thread.join()


def test_each_of_the_stacks_sites_has_its_infinispan_and_no_other(sites: SimulatedPair, aws: InProcessAws) -> None:
    urls = tuple((name, site.url) for name, site in sites.sites.items())
    arn = create_secret(sites.admin.name, sites.admin.password)
    of_site = InfinispanOfSite(InfinispanSettings(SITES, urls, arn, sites.authority.pem))
    assert of_site("site-a").backup_status("site-b") == "online"
    assert of_site("site-b").backup_status("site-a") == "online"
    with pytest.raises(InvalidInput, match="The sites of this stack are site-a and site-b, not site-c"):
        of_site("site-c")
