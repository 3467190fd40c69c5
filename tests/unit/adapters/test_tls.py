"""Private authorities as people make them, and real handshakes: what is trusted, and why something isn't."""

from __future__ import annotations

import json
import shutil
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from werkzeug.wrappers import Request, Response

from fencing.adapters.infinispan import Infinispan, connections
from fencing.adapters.secrets import Credentials, Secret
from fencing.adapters.tls import client_context
from fencing.errors import InfinispanMisconfigured, InvalidSetting
from local.sites.certificates import Authority, ServerCertificate
from local.sites.simulated.server import HttpsServer

SITES_VIEW = json.dumps({"local_site": "site-a", "sites_view": ["site-a"]})
PASSWORD = "changeit"


@dataclass(frozen=True)
class PrivateAuthority:
    """A certificate authority with its key, as a tool made it."""

    certificate: x509.Certificate
    key: Any

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    def issue(self, name: str = "localhost", *, left: timedelta = timedelta(days=1)) -> ServerCertificate:
        """A server's certificate of two days, of which so much is left."""
        key = ec.generate_private_key(ec.SECP256R1())
        end = datetime.now(UTC) + left
        certificate = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(self.certificate.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(end - timedelta(days=2))
            .not_valid_after(end)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        private_key = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return ServerCertificate(certificate.public_bytes(serialization.Encoding.PEM).decode(), private_key.decode())


def made_by_openssl(directory: Path) -> PrivateAuthority:
    command = "openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 30 -subj /CN=Private"
    run(command, directory, "the package openssl")
    certificate = x509.load_pem_x509_certificate((directory / "ca.pem").read_bytes())
    return PrivateAuthority(
        certificate, serialization.load_pem_private_key((directory / "ca.key").read_bytes(), password=None)
    )


def made_by_keytool(directory: Path) -> PrivateAuthority:
    command = (
        "keytool -genkeypair -alias ca -keyalg RSA -dname CN=Private -ext bc:c -validity 30 -storetype PKCS12 "
        f"-keystore ca.p12 -storepass {PASSWORD}"
    )
    run(command, directory, "a Java runtime (for example the package default-jre-headless)")
    key, certificate, _ = pkcs12.load_key_and_certificates((directory / "ca.p12").read_bytes(), PASSWORD.encode())
    assert certificate is not None
    return PrivateAuthority(certificate, key)


def run(command: str, directory: Path, where_from: str) -> None:
    tool, *arguments = command.split()
    if not shutil.which(tool):
        pytest.skip(f"{tool} is missing, so no certificate authority of its own making is tried: install {where_from}")
    subprocess.run([tool, *arguments], cwd=directory, check=True, capture_output=True)


@pytest.fixture(scope="module", params=[made_by_openssl, made_by_keytool], ids=["openssl req -x509", "keytool"])
def authority(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> PrivateAuthority:
    made: PrivateAuthority = request.param(tmp_path_factory.mktemp("authority"))
    return made


def as_python_3_13_makes_it(**options: Any) -> ssl.SSLContext:
    """The default context of the functions' Python, whichever Python runs the test."""
    context = _DEFAULT_CONTEXT(**options)
    context.verify_flags |= ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


_DEFAULT_CONTEXT = ssl.create_default_context


@pytest.fixture(autouse=True)
def _defaults_of_python_3_13(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ssl, "create_default_context", as_python_3_13_makes_it)


class Known(Secret):
    """Credentials that need no Secrets Manager."""

    def __init__(self) -> None:
        pass

    def current(self) -> Credentials:
        return Credentials("admin", PASSWORD)


@contextmanager
def server(certificate: ServerCertificate) -> Iterator[str]:
    """An Infinispan that shows this certificate; gives its URL."""
    running = HttpsServer(Request.application(lambda _: Response(SITES_VIEW)), certificate.server_context())
    running.start()
    try:
        yield running.url
    finally:
        running.stop()


def ask(url: str, ca_certificate: str) -> tuple[str, ...]:
    return Infinispan("site-a", url, Known(), connections(ca_certificate)).sites_view()


def test_a_plain_private_authority_is_trusted_although_python_3_13_refuses_it_by_default(
    authority: PrivateAuthority,
) -> None:
    with server(authority.issue()) as url:
        assert ask(url, authority.pem) == ("site-a",)


def test_it_is_only_the_strict_flag_that_refuses_it(
    authority: PrivateAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client_context(authority.pem).verify_flags | ssl.VERIFY_X509_STRICT == (
        as_python_3_13_makes_it().verify_flags
    )
    monkeypatch.setattr("fencing.adapters.infinispan.client_context", lambda pem: as_python_3_13_makes_it(cadata=pem))
    with server(authority.issue()) as url, pytest.raises(InfinispanMisconfigured, match="does not include key usage"):
        ask(url, authority.pem)


def untrusted(reason: str) -> str:
    return (
        f"The certificate of site-a's Infinispan is not trusted: {reason} "
        "(checked against the parameter InfinispanCaCertificate)."
    )


@pytest.mark.parametrize(
    ("name", "left", "reason"),
    [
        ("localhost", timedelta(days=-1), "certificate has expired"),
        ("localhost", timedelta(days=3), "certificate is not yet valid"),
        ("infinispan.example", timedelta(days=1), "Hostname mismatch, certificate is not valid for 'localhost'"),
    ],
    ids=["expired", "not yet valid", "wrong name"],
)
def test_a_certificate_that_is_not_valid_here_and_now_is_refused_with_openssls_reason(
    authority: PrivateAuthority, name: str, left: timedelta, reason: str
) -> None:
    with server(authority.issue(name, left=left)) as url, pytest.raises(InfinispanMisconfigured) as caught:
        ask(url, authority.pem)
    assert str(caught.value) == untrusted(reason)


@pytest.mark.parametrize("trusted", ["", Authority("Somebody else").pem], ids=["public authorities", "another one"])
def test_a_foreign_authority_is_refused_with_openssls_reason(authority: PrivateAuthority, trusted: str) -> None:
    with server(authority.issue()) as url, pytest.raises(InfinispanMisconfigured) as caught:
        ask(url, trusted)
    assert str(caught.value) == untrusted("unable to get local issuer certificate")


@pytest.mark.parametrize("mangle", [lambda pem: pem.replace("\n", " "), lambda pem: pem.replace("\n", "\\n"), str])
def test_a_ca_certificate_may_lose_its_line_breaks(mangle: Callable[[str], str]) -> None:
    authority = Authority()
    with server(authority.issue("site-a")) as url:
        assert ask(url, mangle(authority.pem)) == ("site-a",)


def test_several_authorities_are_all_trusted() -> None:
    authority = Authority()
    with server(authority.issue("site-a")) as url:
        assert ask(url, Authority("Somebody else").pem + authority.pem) == ("site-a",)


@pytest.mark.parametrize(
    "nonsense",
    [
        "nonsense",
        "-----BEGIN CERTIFICATE-----\n???\n-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----\nMIIB",
        Authority().pem + "-----BEGIN CERTIFICATE-----\nMIIB",
        "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----",
    ],
    ids=["no PEM", "no base64", "no certificate", "cut off", "one whole, one cut off", "a key"],
)
def test_what_is_no_certificate_never_means_to_trust_others_instead(nonsense: str) -> None:
    with pytest.raises(InvalidSetting, match="INFINISPAN_CA_CERTIFICATE should be PEM text of certificates") as caught:
        client_context(nonsense)
    assert "MIIB" not in str(caught.value)
