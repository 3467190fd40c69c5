from __future__ import annotations

import socket
import ssl
import threading

import pytest

from local.sites.certificates import Authority, ServerCertificate, client_context


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


def handshake(certificate: ServerCertificate, context: ssl.SSLContext, host: str) -> str | None:
    """Connects over a socket pair; returns the protocol."""
    server_end, client_end = socket.socketpair()

    def serve() -> None:
        try:
            certificate.server_context().wrap_socket(server_end, server_side=True).close()
        except ssl.SSLError:
            server_end.close()

    server = threading.Thread(target=serve)
    server.start()
    try:
        with context.wrap_socket(client_end, server_hostname=host) as connection:
            return connection.version()
    finally:
        client_end.close()
        server.join(5)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_a_client_that_trusts_the_authority_accepts_its_certificates_on_this_machine(
    authority: Authority, host: str
) -> None:
    assert handshake(authority.issue("site-a"), client_context(authority.pem), host) == "TLSv1.3"


def test_another_host_name_is_refused(authority: Authority) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        handshake(authority.issue("site-a"), client_context(authority.pem), "site-a.example")


def test_a_client_that_trusts_another_authority_refuses(authority: Authority) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(authority.issue("site-a"), client_context(Authority().pem), "localhost")


def test_it_is_as_plain_as_what_people_make_so_python_3_13_refuses_it_by_default(authority: Authority) -> None:
    context = client_context(authority.pem)
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    with pytest.raises(ssl.SSLCertVerificationError, match="CA cert does not include key usage extension"):
        handshake(authority.issue("site-a"), context, "localhost")


def test_the_private_key_is_not_in_the_representation(authority: Authority) -> None:
    certificate = authority.issue("site-a")

    assert "PRIVATE" in certificate.private_key_pem
    assert "PRIVATE" not in repr(certificate)
