"""A name that two people open together: the cryptography, with nothing of the database.

The name is encrypted under a random key. The key is split into two halves, key = half ^ half, so that one half alone
says nothing; each is sealed to the X25519 key of one custodian, whose private key lies encrypted under a passphrase.
Algorithms: X25519 (RFC 7748), HKDF-SHA256 (RFC 5869), ChaCha20-Poly1305 (RFC 8439), scrypt (RFC 7914, N 2^16, r 8).
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

KEY, NONCE, SALT = 32, 12, 16


class CannotOpenError(Exception):
    """The passphrase is wrong, or what is to be opened was sealed to somebody else or changed."""


def new_key(passphrase: str) -> tuple[bytes, bytes]:
    """A custodian's public key (32 bytes), and the private one encrypted under `passphrase`."""
    private = X25519PrivateKey.generate()
    salt = secrets.token_bytes(SALT)
    locked = salt + _encrypt(_from_passphrase(passphrase, salt), private.private_bytes_raw(), b"custodian")
    return private.public_key().public_bytes_raw(), locked


def unlock(locked: bytes, passphrase: str) -> bytes:
    """The private key (32 bytes). Raises `CannotOpenError`."""
    return _decrypt(_from_passphrase(passphrase, locked[:SALT]), locked[SALT:], b"custodian")


def seal_for_two(plain: bytes, first: bytes, second: bytes, *, about: bytes) -> tuple[bytes, bytes, bytes]:
    """`plain` encrypted, and the half of its key for each of two public keys; `about` is bound to all three."""
    key, half = secrets.token_bytes(KEY), secrets.token_bytes(KEY)
    return _encrypt(key, plain, about), seal_to(first, half, about=about), seal_to(second, _xor(key, half), about=about)


def open_by_two(sealed: bytes, first_half: bytes, second_half: bytes, *, about: bytes) -> bytes:
    """What `seal_for_two` was given, from both halves. Raises `CannotOpenError`."""
    return _decrypt(_xor(first_half, second_half), sealed, about)


def seal_to(public: bytes, plain: bytes, *, about: bytes) -> bytes:
    """`plain` for the holder of one private key alone."""
    ours = X25519PrivateKey.generate()
    shared = ours.exchange(X25519PublicKey.from_public_bytes(public))
    name = ours.public_key().public_bytes_raw()
    return name + _encrypt(_derive(shared, name + public), plain, about)


def open_with(private: bytes, sealed: bytes, *, about: bytes) -> bytes:
    """What was sealed to the public half of `private`. Raises `CannotOpenError`."""
    key = X25519PrivateKey.from_private_bytes(private)
    name = sealed[:KEY]
    shared = key.exchange(X25519PublicKey.from_public_bytes(name))
    return _decrypt(_derive(shared, name + key.public_key().public_bytes_raw()), sealed[KEY:], about)


def _derive(shared: bytes, salt: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=KEY, salt=salt, info=b"countersign sealed name 1").derive(shared)


def _from_passphrase(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=KEY, n=2**16, r=8, p=1).derive(passphrase.encode())


def _encrypt(key: bytes, plain: bytes, about: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE)
    return nonce + ChaCha20Poly1305(key).encrypt(nonce, plain, about)


def _decrypt(key: bytes, sealed: bytes, about: bytes) -> bytes:
    try:
        return ChaCha20Poly1305(key).decrypt(sealed[:NONCE], sealed[NONCE:], about)
    except (InvalidTag, ValueError) as error:
        raise CannotOpenError from error


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(left ^ right for left, right in zip(one, other, strict=True))
