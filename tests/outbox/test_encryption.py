"""L25: no letter leaves in clear, or to a server that cannot show who it is."""

import ipaddress
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from outbox.delivery import drain
from outbox.health import read_health
from outbox.models import Message
from tests.outbox.factories import MessageFactory
from tests.outbox.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1, signed by itself, with its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example.org")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = (
        builder.not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
    )
    signed = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(
        key, hashes.SHA256()
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path_factory.mktemp("tls") / "certificate.pem"
    path.write_bytes(signed.public_bytes(serialization.Encoding.PEM) + private)
    return path


@pytest.fixture
def server(settings: Any, certificate: Path) -> Iterator[SmtpServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with SmtpServer(tls=context) as server:
        settings.SMTP_HOST, settings.SMTP_PORT, settings.SMTP_STARTTLS = "127.0.0.1", server.port, True
        yield server


def test_letter_waits_for_a_certificate_that_can_be_trusted(
    server: SmtpServer, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = MessageFactory.letter()
    assert drain(lane="letters") == 0
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("deferred", 0)
    assert "certificate" in message.last_reply
    assert (server.book.commands["MAIL"], server.book.offered) == (0, [])
    assert read_health().alarms()["unencrypted"] == 1

    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    Message.objects.update(next_try_at="2020-01-01T00:00Z")
    assert drain(lane="letters") == 1
    assert read_health().alarms()["unencrypted"] == 0


def test_letter_waits_when_starttls_was_stripped(smtp_server: SmtpServer, settings: Any) -> None:
    settings.SMTP_STARTTLS = True
    message = MessageFactory.letter()
    assert drain(lane="letters") == 0
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("deferred", 0)
    assert message.last_reply.startswith("no safe encryption: STARTTLS")
    assert (smtp_server.book.commands["MAIL"], smtp_server.accepted) == (0, [])
