"""A post office on the loopback: a real SMTP server delivers into a maildir, a real IMAP server (pymap) shows it, and a
real DNS server has the DKIM keys. What a mail server in the world does with a reply, this does.

    with PostOffice(folder) as office:
        office.deliver(raw, sender="desk@un-demo.example", to=reply_address(letter), helo="mx.un-demo.example")
"""

import asyncio
import mailbox
import secrets
import smtplib
import socket
import subprocess
import sys
import threading
import time
from base64 import b64encode
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import dkim
import dns.flags
import dns.message
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope, Session
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pysasl.hashing import BuiltinHash

AUTHSERV_ID = "mx.countersign.example"
USER, PASSWORD = "desk", "secret"
SELECTOR = "test"


class SigningKey:
    """One domain's DKIM key."""

    def __init__(self, domain: str) -> None:
        self.domain = domain
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @property
    def record(self) -> str:
        public = self._key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return f"v=DKIM1; k=rsa; p={b64encode(public).decode()}"

    def sign(self, raw: bytes, **options: Any) -> bytes:
        private = self._key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        )
        return bytes(dkim.sign(raw, SELECTOR.encode(), self.domain.encode(), private, **options)) + raw


class NameServer:
    """A DNS server that answers for the keys it was given, and says NXDOMAIN to everything else."""

    def __init__(self) -> None:
        self.keys: dict[str, str] = {}
        self.asked: list[str] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.place = f"127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def add(self, key: SigningKey) -> None:
        self.keys[f"{SELECTOR}._domainkey.{key.domain}."] = key.record

    def close(self) -> None:
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                packet, client = self._socket.recvfrom(4096)
            except OSError:
                return
            self._socket.sendto(self._answer(packet), client)

    def _answer(self, packet: bytes) -> bytes:
        query = dns.message.from_wire(packet)
        name = query.question[0].name.to_text()
        self.asked.append(name)
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.AA | dns.flags.RA
        record = self.keys.get(name)
        if record is None or query.question[0].rdtype != dns.rdatatype.TXT:
            answer.set_rcode(dns.rcode.NXDOMAIN)
            return answer.to_wire()
        pieces = " ".join(f'"{record[i : i + 250]}"' for i in range(0, len(record), 250))
        answer.answer.append(dns.rrset.from_text(name, 60, dns.rdataclass.IN, dns.rdatatype.TXT, pieces))
        return answer.to_wire()


class _Receiver:
    """Checks the sender, writes down what it found on top, and delivers. It does not take forged results off: what
    reads them must not believe them."""

    def __init__(self, office: "PostOffice") -> None:
        self.office = office

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name
        raw = envelope.content
        assert isinstance(raw, bytes)
        loop = asyncio.get_running_loop()
        results = await loop.run_in_executor(
            None, self.office.check, raw, envelope.mail_from or "", session.host_name or ""
        )
        for recipient in envelope.rcpt_tos:
            top = f"Return-Path: <{envelope.mail_from}>\r\nDelivered-To: {recipient}\r\n"
            top += (
                f"Received: from {session.host_name} by {AUTHSERV_ID} with ESMTP; Sat, 21 Nov 2026 08:00:00 +0000\r\n"
            )
            top += f"Authentication-Results: {AUTHSERV_ID}; {results}\r\n" if self.office.leaves_results else ""
            self.office.drop(top.encode() + raw)
        return "250 2.0.0 delivered"


class PostOffice:
    """SMTP in, IMAP out, DNS beside it. `allowed` says which host may send for which domain (what SPF says)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.dns = NameServer()
        self.allowed: set[tuple[str, str]] = set()
        self.leaves_results = True
        (folder / "pymap-etc-passwd").write_text(f"{USER}:x:::{USER}:{USER}:\n")
        (folder / "pymap-etc-shadow").write_text(f"{USER}:{BuiltinHash(rounds=1000).hash(PASSWORD)}:::::::\n")
        (folder / "pymap-etc-group").write_text("")
        self.mailbox = mailbox.Maildir(folder / USER, create=True)
        self.imap_port = _free_port()
        self._smtp = Controller(_Receiver(self), hostname="127.0.0.1", port=_free_port())
        self._imap: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"imap://{USER}:{PASSWORD}@127.0.0.1:{self.imap_port}/INBOX"

    def key_of(self, domain: str) -> SigningKey:
        """A new key whose public half stands in the DNS."""
        key = SigningKey(domain)
        self.dns.add(key)
        return key

    def deliver(self, raw: bytes, *, sender: str, to: str, helo: str) -> None:
        with smtplib.SMTP("127.0.0.1", self._smtp.port, local_hostname=helo, timeout=30) as server:
            server.sendmail(sender, [to], raw)

    def drop(self, raw: bytes) -> None:
        """Exactly these bytes into the mailbox, as a delivery agent writes them: whole, then seen."""
        name = f"{time.time_ns()}.{secrets.token_hex(4)}.test"
        unfinished = self.folder / USER / "tmp" / name
        unfinished.write_bytes(raw)
        unfinished.rename(self.folder / USER / "new" / name)

    def waiting(self) -> list[bytes]:
        """The bytes of what lies in the mailbox. What was moved is only counted: pymap's MOVE loses the bytes."""
        return [self.mailbox.get_bytes(key) for key in self.mailbox.keys()]  # noqa: SIM118  a mailbox is no dict

    def check(self, raw: bytes, mail_from: str, helo: str) -> str:
        """What a mail server finds: SPF, DKIM, and whether either is for the domain in From (DMARC)."""
        parsed = mailbox.MaildirMessage(raw)
        from_domain = str(parsed["From"]).rpartition("@")[2].strip("<> ")
        spf_domain = mail_from.rpartition("@")[2]
        spf = "pass" if (helo, spf_domain) in self.allowed else "fail"
        signer = _tag(str(parsed["DKIM-Signature"] or ""), "d")
        holds = bool(signer) and dkim.verify(raw, dnsfunc=lambda name, timeout=5: self._key(name))
        dkim_result = "none" if not signer else "pass" if holds else "fail"
        is_fine = (spf == "pass" and spf_domain == from_domain) or (holds and signer == from_domain)
        return (
            f"spf={spf} smtp.mailfrom={mail_from}; dkim={dkim_result} header.d={signer or from_domain};"
            f" dmarc={'pass' if is_fine else 'fail'} (p=reject) header.from={from_domain}"
        )

    def restart_imap(self) -> None:
        """As after an upgrade of the mail server."""
        self._stop_imap()
        self._start_imap()

    def forget_uids(self) -> None:
        """A new UIDVALIDITY: the server lost its index, and every UID means something else now."""
        self._stop_imap()
        for index in (self.folder / USER).glob("**/dovecot-uidlist"):
            index.unlink()
        self._start_imap()

    def _key(self, name: bytes) -> bytes | None:
        record = self.dns.keys.get(name.decode())
        return record.encode() if record else None

    def _start_imap(self) -> None:
        program = Path(sys.executable).with_name("pymap")
        where = ["--host", "127.0.0.1", "--port", str(self.imap_port), "--no-tls", "maildir", str(self.folder)]
        self._imap = subprocess.Popen([program, *where], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _try in range(100):
            try:
                socket.create_connection(("127.0.0.1", self.imap_port), timeout=1).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError("the IMAP server does not start")

    def _stop_imap(self) -> None:
        assert self._imap is not None
        self._imap.terminate()
        self._imap.wait(10)

    def __enter__(self) -> Self:
        self._smtp.start()
        self._start_imap()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop_imap()
        self._smtp.stop()
        self.dns.close()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def _tag(header: str, name: str) -> str:
    pairs = dict(part.strip().split("=", 1) for part in header.split(";") if "=" in part)
    return pairs.get(name, "").strip()
