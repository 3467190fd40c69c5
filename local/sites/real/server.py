"""One site's Infinispan server: its folder, its command line, its life."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from string import Template

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, load_pem_private_key, pkcs12
from urllib3.exceptions import HTTPError
from urllib3.util import Timeout

from local.processes import LOOPBACK, Process, private_file, wait_until
from local.sites.accounts import User
from local.sites.certificates import Authority, ServerCertificate
from local.sites.client import InfinispanClient
from local.sites.real.jars import class_path
from local.tools import JAVA, path_of

START_SECONDS = 120.0
_CONFIGURATION = Path(__file__).parent / "configuration"
# The client compiler and the serial collector start fastest, and two sites share a small machine with the tests.
_JVM = (
    "-Xms64m",
    "-Xmx512m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Djava.net.preferIPv4Stack=true",
    "-Djava.util.logging.manager=org.infinispan.server.loader.LogManager",
    "--add-exports=java.naming/com.sun.jndi.ldap=ALL-UNNAMED",
    "--add-opens=java.base/java.util=ALL-UNNAMED",
    "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
)


@dataclass(frozen=True)
class ServerPlan:
    """One site of two: its own name, the other's, and the ports of the loopback interface that it uses."""

    site: str
    other_site: str
    rest_port: int
    cluster_port: int
    link_port: int


class InfinispanServer:
    """A real server of one site. `start` and `wait_until_it_answers` are apart, so that two can start at once."""

    def __init__(
        self, version: str, plan: ServerPlan, *, users: Sequence[User], authority: Authority, directory: Path
    ) -> None:
        self.site = plan.site
        self.url = f"https://localhost:{plan.rest_port}"
        root = directory / plan.site
        _fill(root, version, plan, users, authority.issue(plan.site))
        options = (f"-Dinfinispan.server.home.path={root}", f"-Djgroups.bind.address={LOOPBACK}")
        server = ("org.infinispan.server.Bootstrap", "-c", "infinispan.xml", "-s", str(root))
        command = (path_of(JAVA), *_JVM, *options, "-cp", class_path(version), *server)
        self.process = Process(plan.site, command, directory=directory)
        self._anybody = InfinispanClient(self.url, authority.pem, None, Timeout(2.0))

    def start(self) -> None:
        self.process.start()

    def kill(self) -> None:
        """End the server as kill -9 does."""
        self.process.kill()

    def wait_until_it_answers(self) -> None:
        """Raises TimeoutError or ProcessEnded."""
        wait_until(f"{self.site} answers", self._answers, seconds=START_SECONDS, processes=[self.process])

    def _answers(self) -> bool:
        try:
            # The one path that needs no credentials.
            return self._anybody.get("/rest/v2/container/health/status").status == HTTPStatus.OK
        except HTTPError:
            return False


def _fill(root: Path, version: str, plan: ServerPlan, users: Sequence[User], certificate: ServerCertificate) -> None:
    """Lay out a server root. `data`, `log` and `lib` have to exist, empty or not."""
    for folder in ("conf", "data", "log", "lib"):
        (root / folder).mkdir(parents=True)
    conf = root / "conf"
    keystore_password = secrets.token_urlsafe(16)
    schema = ".".join(version.split(".")[:2])
    configuration = Template((_CONFIGURATION / "infinispan.xml").read_text()).substitute(
        vars(plan), schema=schema, keystore_password=keystore_password
    )
    private_file(conf / "infinispan.xml", configuration)
    private_file(conf / "server.pfx", _keystore(certificate, keystore_password))
    (conf / "log4j2.xml").write_text((_CONFIGURATION / "log4j2.xml").read_text())
    accounts = "".join(f"{user.name}={user.password}\n" for user in users)
    private_file(conf / "users.properties", f"#$REALM_NAME=default$\n#$ALGORITHM=clear$\n{accounts}")
    (conf / "groups.properties").write_text("".join(f"{user.name}={user.role}\n" for user in users))


def _keystore(certificate: ServerCertificate, password: str) -> bytes:
    key = load_pem_private_key(certificate.private_key_pem.encode(), password=None)
    if not isinstance(key, EllipticCurvePrivateKey):
        raise TypeError(f"The local authority issues elliptic curve keys, and this is a {type(key).__name__}.")
    return pkcs12.serialize_key_and_certificates(
        b"server",
        key,
        x509.load_pem_x509_certificate(certificate.certificate_pem.encode()),
        None,
        BestAvailableEncryption(password.encode()),
    )
