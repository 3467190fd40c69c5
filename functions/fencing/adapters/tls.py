"""TLS to the sites' Infinispans. A certificate's chain, host name and validity are verified, always."""

import base64
import re
import ssl

from urllib3.exceptions import HTTPError, SSLError

from fencing.errors import InvalidSetting

_BEGIN, _END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
_CERTIFICATE = re.compile(f"{_BEGIN}([^-]+){_END}")


def client_context(ca_certificate: str) -> ssl.SSLContext:
    """Trust the authorities in the PEM text and no others, or the public ones when it is empty.

    Line breaks don't count: a parameter of CloudFormation may lose them.

    Raises:
        InvalidSetting: it isn't PEM text of certificates.
    """
    if not ca_certificate.strip():
        return ssl.create_default_context()
    certificates = _CERTIFICATE.findall(ca_certificate)
    if not certificates or len(certificates) != ca_certificate.count(_BEGIN):
        raise _not_pem()
    try:
        der = b"".join(base64.b64decode(re.sub(r"\s|\\n", "", body), validate=True) for body in certificates)
        context = ssl.create_default_context(cadata=der)
    except (ValueError, ssl.SSLError) as error:
        raise _not_pem() from error
    # From Python 3.13 on the default context wants RFC 5280 to the letter, and so refuses a CA without a key usage
    # extension, as `openssl req -x509` and keytool make them (docs.python.org, ssl.create_default_context;
    # python/cpython#107361). Chain, host name and validity are verified without this flag too.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


def distrust_reason(error: HTTPError) -> str | None:
    """Return what OpenSSL has against the server's certificate; None when the error is about something else."""
    if not isinstance(error, SSLError):
        return None
    for cause in error.args:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return cause.verify_message.removesuffix(".")
    return None


def _not_pem() -> InvalidSetting:
    return InvalidSetting("The environment variable INFINISPAN_CA_CERTIFICATE should be PEM text of certificates.")
