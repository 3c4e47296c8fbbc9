"""Keys made for a test and thrown away."""

import base64
from datetime import timedelta
from functools import cache
from typing import Any

import pysequoia
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pysequoia import Tsk


@cache
def dkim_key() -> tuple[str, bytes]:
    """A private key as PEM, and the TXT record that publishes its other half."""
    key = rsa.generate_private_key(65537, 2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)


class OpenPGPKey:
    """A pair: `secret` and `public` armored."""

    def __init__(self, owner: str = "Desk <desk@un.example>", *, valid_for: timedelta | None = None) -> None:
        options: dict[str, Any] = {"validity_seconds": int(valid_for.total_seconds())} if valid_for else {}
        self.tsk = Tsk.generate(owner, **options)
        self.certificate = self.tsk.extract_certificate()
        self.public = str(self.certificate)
        self.secret = armor_secret(bytes(self.tsk))

    @property
    def fingerprint(self) -> str:
        return str(self.certificate.fingerprint).upper()


def armor_secret(raw: bytes) -> str:
    return str(pysequoia.armor(raw, pysequoia.ArmorKind.SecretKey))
