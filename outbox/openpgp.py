"""OpenPGP in e-mails (RFC 9580, PGP/MIME of RFC 3156): our signature, and encryption for somebody who has a key.

`content` is always the inside of an e-mail as `mime.build_content(for_signing=True)` gives it: its own Content-Type and
CRLF line ends. The signature covers exactly these bytes.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

import pysequoia
from django.conf import settings
from django.utils.translation import gettext as _
from pysequoia import Cert, Sig, SignatureMode, Tsk
from pysequoia.packet import PacketPile, Tag

LONGEST_KEY = 100_000


class UnusableKeyError(ValueError):
    """Nothing can be encrypted to this key; `str()` says why, in the reader's language."""


@dataclass(frozen=True)
class PublicKey:
    """`fingerprint` in capitals without spaces; `expires_at` None when it never does."""

    armored: str
    fingerprint: str
    expires_at: datetime | None
    owners: tuple[str, ...]


def read_key(armored: str, *, now: datetime) -> PublicKey:
    """The one public key in `armored`, when something can be encrypted to it at `now`; else UnusableKeyError."""
    if len(armored) > LONGEST_KEY:
        raise UnusableKeyError(_("This is too long for a public key."))
    try:
        certificates = Cert.split_bytes(armored.encode())
    except Exception as error:  # the library's errors share no narrower class
        raise UnusableKeyError(_("This is not an OpenPGP public key.")) from error
    if len(certificates) != 1:
        raise UnusableKeyError(_("Give exactly one public key."))
    certificate = certificates[0]
    if _is_secret(armored):
        raise UnusableKeyError(_("This is a secret key. It must never leave its owner, who needs a new one now."))
    if certificate.is_revoked:
        raise UnusableKeyError(_("This key was revoked by its owner."))
    if certificate.expiration is not None and certificate.expiration <= now:
        raise UnusableKeyError(_("This key has expired."))
    try:
        pysequoia.encrypt(b"test", recipients=[certificate])
    except Exception as error:
        raise UnusableKeyError(_("Nothing can be encrypted to this key.")) from error
    owners = tuple(str(user_id) for user_id in certificate.user_ids)
    return PublicKey(armored, certificate.fingerprint.upper(), certificate.expiration, owners)


def has_own_key() -> bool:
    return bool(settings.OPENPGP_KEY)


def sign_content(content: bytes) -> bytes:
    """`content` in a multipart/signed with our detached signature, or as it is when no `OPENPGP_KEY` is set."""
    if not has_own_key():
        return content
    signature = pysequoia.sign(_signer(), content, mode=SignatureMode.DETACHED)
    boundary = _boundary(content)
    head = (
        f"Content-Type: multipart/signed; micalg=pgp-{_hash_of(signature)};\r\n"
        f' protocol="application/pgp-signature"; boundary="{boundary}"\r\n\r\n'
        f"--{boundary}\r\n"
    )
    tail = (
        f"\r\n--{boundary}\r\n"
        'Content-Type: application/pgp-signature; name="signature.asc"\r\n'
        "Content-Description: OpenPGP digital signature\r\n\r\n"
        f"{_crlf(signature)}\r\n--{boundary}--\r\n"
    )
    return head.encode("ascii") + content + tail.encode("ascii")


def encrypt_content(content: bytes, *, to: str, now: datetime) -> bytes:
    """`content` encrypted for the armored public key `to`, and signed inside when we have a key.

    UnusableKeyError when the key does not serve at `now`: nothing falls back to plain words.
    """
    read_key(to, now=now)
    signer = _signer() if has_own_key() else None
    certificate = Cert.from_bytes(to.encode())
    sealed = pysequoia.encrypt(content, recipients=[certificate], signer=signer)
    boundary = _boundary(sealed)
    whole = (
        'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted";\r\n'
        f' boundary="{boundary}"\r\n\r\n'
        f"--{boundary}\r\nContent-Type: application/pgp-encrypted\r\nContent-Description: PGP/MIME version\r\n\r\n"
        f"Version: 1\r\n\r\n--{boundary}\r\n"
        'Content-Type: application/octet-stream; name="encrypted.asc"\r\n'
        'Content-Disposition: inline; filename="encrypted.asc"\r\n\r\n'
        f"{_crlf(sealed)}\r\n--{boundary}--\r\n"
    )
    return whole.encode("ascii")


def encrypt_file(content: bytes, *, to: str, now: datetime) -> bytes:
    """`content` encrypted for the armored public key `to`, armored; UnusableKeyError as `encrypt_content`.

    Not signed: what it belongs to names its hash.
    """
    read_key(to, now=now)
    return bytes(pysequoia.encrypt(content, recipients=[Cert.from_bytes(to.encode())]))


def _is_secret(armored: str) -> bool:
    tags = [packet.tag for packet in PacketPile.from_bytes(armored.encode())]
    return Tag.SecretKey in tags or Tag.SecretSubkey in tags


def _own_key() -> Tsk:
    return Tsk.from_bytes(settings.OPENPGP_KEY.encode())


def _signer() -> "pysequoia.PySigner":
    return _own_key().signer(settings.OPENPGP_PASSPHRASE or None)


def _hash_of(signature: bytes) -> str:
    """The name of the signature's hash as RFC 3156 writes it."""
    return str(Sig.from_bytes(signature).hash_algorithm).rpartition(".")[2].lower().replace("-", "")


def _crlf(armored: bytes) -> str:
    return armored.decode("ascii").replace("\r\n", "\n").replace("\n", "\r\n").rstrip("\r\n") + "\r\n"


def _boundary(content: bytes) -> str:
    return f"=_{hashlib.sha256(content).hexdigest()[:40]}"
