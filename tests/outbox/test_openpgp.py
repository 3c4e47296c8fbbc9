"""OpenPGP: signatures that others can check, and words that only the addressee can read."""

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pysequoia
import pytest
from pysequoia import Cert, Sig
from pytest_django import Settings

from outbox import openpgp
from outbox.mime import Attachment, build_around, build_content, new_message_id
from tests.outbox.keys import OpenPGPKey

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


@pytest.fixture
def ours(settings: Settings) -> OpenPGPKey:
    key = OpenPGPKey("Countersign <post@countersign.example>")
    settings.OPENPGP_KEY = key.secret
    return key


def content() -> bytes:
    file = Attachment("سند.pdf", bytes(range(256)), "application/pdf")
    text = "From here on\ntrailing blank \n.dot\nنام\n"
    return build_content(text=text, html="<p>From</p>", attachments=[file], seed="x", for_signing=True)


def whole(inside: bytes) -> bytes:
    return build_around(inside, to="desk@un.example", subject="x", message_id=new_message_id(), now=NOW)


def signed_part(raw: bytes) -> tuple[bytes, bytes]:
    """What is signed, byte by byte as RFC 3156 section 5 says, and the signature."""
    boundary = str(message_from_bytes(raw, policy=policy.default).get_boundary()).encode()
    _head, signed, signature, _end = raw.split(b"--" + boundary)
    armored = signature.partition(b"\r\n\r\n")[2]
    return signed.removeprefix(b"\r\n").removesuffix(b"\r\n"), armored


def test_signature_covers_the_exact_bytes(ours: OpenPGPKey) -> None:
    signed, signature = signed_part(whole(openpgp.sign_content(content())))
    assert signed == content()
    result = pysequoia.verify(bytes=signed, store=lambda _ids: [ours.certificate], signature=Sig.from_bytes(signature))
    assert [s.certificate.upper() for s in result.valid_sigs] == [ours.fingerprint]
    with pytest.raises(Exception, match=r"."):
        pysequoia.verify(
            bytes=signed.replace(b"here", b"HERE"),
            store=lambda _ids: [ours.certificate],
            signature=Sig.from_bytes(signature),
        )


def test_signed_bytes_hold_nothing_a_server_may_touch(ours: OpenPGPKey) -> None:
    lines = content().split(b"\r\n")
    assert [line for line in lines if line.startswith(b"From ") or line.endswith((b" ", b"\t"))] == []


@pytest.mark.skipif(shutil.which("gpg") is None, reason="GnuPG is not installed")
def test_gnupg_verifies_and_decrypts(ours: OpenPGPKey, tmp_path: Path) -> None:
    """Another implementation than the one that signed."""
    home = tmp_path / "h"
    home.mkdir(mode=0o700)

    def gpg(*arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
        command = ["gpg", "--homedir", home, "--batch", "--yes", "--trust-model", "always", *arguments]
        return subprocess.run(command, capture_output=True, check=False, timeout=60)

    (tmp_path / "ours").write_text(ours.public)
    assert gpg("--import", tmp_path / "ours").returncode == 0
    made = gpg("--pinentry-mode", "loopback", "--passphrase", "", "--quick-gen-key", "desk@un.example", "default")
    assert made.returncode == 0, made.stderr
    desk = gpg("--armor", "--export", "desk@un.example").stdout.decode()
    signed, signature = signed_part(whole(openpgp.sign_content(content())))
    (tmp_path / "content").write_bytes(signed)
    (tmp_path / "content.asc").write_bytes(signature)
    assert gpg("--verify", tmp_path / "content.asc", tmp_path / "content").returncode == 0
    (tmp_path / "sealed").write_bytes(openpgp.encrypt_content(content(), to=desk, now=datetime.now(UTC)))
    opened = gpg("--decrypt", tmp_path / "sealed")
    assert (opened.returncode, opened.stdout, b"Good signature" in opened.stderr) == (0, content(), True)
    subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=False)


def test_encrypted_words_are_read_by_their_addressee_alone(ours: OpenPGPKey) -> None:
    desk, somebody = OpenPGPKey(), OpenPGPKey()
    raw = whole(openpgp.encrypt_content(content(), to=desk.public, now=datetime.now(UTC)))
    message = message_from_bytes(raw, policy=policy.default)
    assert message.get_content_type() == "multipart/encrypted"
    assert message.get_param("protocol") == "application/pgp-encrypted"
    version, sealed = message.iter_parts()
    assert version.get_content().strip() == b"Version: 1"
    armored = sealed.get_content()
    opened = pysequoia.decrypt(armored, desk.tsk.decryptor(), store=lambda _ids: [ours.certificate])
    assert (opened.bytes, len(opened.valid_sigs)) == (content(), 1)
    with pytest.raises(Exception, match=r"."):
        pysequoia.decrypt(armored, somebody.tsk.decryptor())
    assert b"From here" not in raw


def test_read_key_tells_owner_fingerprint_and_end() -> None:
    key = OpenPGPKey("Working Group <wg@un.example>", valid_for=timedelta(days=30))
    read = openpgp.read_key(key.public, now=datetime.now(UTC))
    assert (read.fingerprint, read.owners) == (key.fingerprint, ("Working Group <wg@un.example>",))
    assert read.expires_at is not None
    assert timedelta(days=29) < read.expires_at - datetime.now(UTC) <= timedelta(days=30)


def revoked() -> str:
    key = OpenPGPKey()
    revocation = key.certificate.revoke(key.tsk.certifier())
    return str(key.certificate.merge(Cert.from_bytes(bytes(key.certificate) + bytes(revocation))))


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: "no key at all", "not an OpenPGP public key"),
        (lambda: "", "not an OpenPGP public key|exactly one"),
        (lambda: OpenPGPKey().secret, "secret key"),
        (lambda: OpenPGPKey().public + OpenPGPKey().public, "exactly one"),
        (lambda: OpenPGPKey(valid_for=timedelta(seconds=1)).public, "expired"),
        (revoked, "revoked"),
        (lambda: "x" * 200_000, "too long"),
    ],
    ids=["words", "nothing", "secret", "two", "expired", "revoked", "too long"],
)
def test_read_key_refuses_what_serves_nobody(make: "object", why: str) -> None:
    with pytest.raises(openpgp.UnusableKeyError, match=why):
        openpgp.read_key(make(), now=datetime.now(UTC) + timedelta(minutes=1))  # type: ignore[operator]  # a callable here


def test_key_that_does_not_serve_never_falls_back_to_plain_words() -> None:
    key = OpenPGPKey(valid_for=timedelta(days=1))
    with pytest.raises(openpgp.UnusableKeyError):
        openpgp.encrypt_content(content(), to=key.public, now=datetime.now(UTC) + timedelta(days=2))


def test_without_a_key_of_ours_nothing_is_signed(settings: Settings) -> None:
    settings.OPENPGP_KEY = ""
    assert openpgp.sign_content(content()) == content()
