"""Signed notes (C2SP signed-note): a text, an empty line, a line with an Ed25519 signature. And the key that signs."""

import hashlib
from base64 import b64encode
from functools import cache
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

ED25519 = b"\x01"


def origin() -> str:
    """The name of the log, which is the name of its key: the site's address and `/log`."""
    site = urlsplit(settings.SITE_URL)
    return f"{site.netloc}{site.path.rstrip('/')}/log"


def public_key() -> str:
    """The key that signs now, as a verifier key of C2SP: name, key id and key, with `+` between."""
    name, public = origin(), _public_bytes()
    return f"{name}+{_key_id(name, public).hex()}+{_base64(ED25519 + public)}"


def sign_note(text: str) -> str:
    """`text`, which ends in a line end, followed by its signature line."""
    name = origin()
    signature = _key_id(name, _public_bytes()) + sign(text.encode())
    return f"{text}\n— {name} {_base64(signature)}\n"


def sign(message: bytes) -> bytes:
    """The Ed25519 signature (64 bytes) of `message`; the same message always gives the same bytes."""
    return _private_key(settings.LOG_KEY).sign(message)


@cache
def _private_key(secret: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"countersign-log-key\x00{secret}".encode()).digest())


def _public_bytes() -> bytes:
    return _private_key(settings.LOG_KEY).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def _key_id(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]


def _base64(value: bytes) -> str:
    return b64encode(value).decode()
