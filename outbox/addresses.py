"""E-mail addresses: what is one, how two are compared, how they are kept.

An address is stored sealed (Fernet, keys from `ADDRESS_KEYS`, the first seals and all open) and is compared by a keyed
digest, so that a leaked database names nobody.
"""

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode
from contextlib import suppress
from functools import cache
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

# What SMTP without extensions can carry to (RFC 5321 section 4.1.2, the dot-string form), 64 + 1 + 189 characters.
_SENDABLE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@(?=.{1,189}\Z)[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


class UnsendableAddressError(ValueError):
    """An address that no mail can be written to."""


def normalise_address(address: str) -> str:
    """The address as we write to it: trimmed, domain in lower case and in its ASCII (punycode) form."""
    local, _, domain = address.strip().rpartition("@")
    if not local:
        return address.strip()
    with suppress(UnicodeError):
        domain = domain.encode("idna").decode("ascii")
    return f"{local}@{domain.lower()}"


def require_sendable(address: str) -> str:
    """The address as we write to it; raises `UnsendableAddressError` when mail cannot carry it."""
    normalised = normalise_address(address)
    if not _SENDABLE.fullmatch(normalised):
        raise UnsendableAddressError("the address cannot be written to")
    return normalised


def validate_sendable(address: str) -> None:
    """A form validator: refuses what Django's own validator lets pass and no mail server takes."""
    try:
        require_sendable(address)
    except UnsendableAddressError as error:
        raise ValidationError(_("We cannot write to this address. Please check it."), code="unsendable") from error


def mailbox_of(address: str) -> str:
    """The mailbox behind an address: without `+tag`, in lower case; two spellings of one mailbox compare equal."""
    local, _, domain = normalise_address(address).rpartition("@")
    local = local.partition("+")[0].lower()
    if domain in {"gmail.com", "googlemail.com"}:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def digest(value: str, *, purpose: str) -> bytes:
    """HMAC-SHA256 (32 bytes) of `value` under `DIGEST_KEY`; digests of different purposes cannot be compared."""
    message = f"{purpose}\x00{value}".encode()
    return hmac.new(settings.DIGEST_KEY.encode(), message, hashlib.sha256).digest()


def address_digest(address: str, *, purpose: str) -> bytes:
    """The keyed digest (32 bytes) by which two spellings of one mailbox are found equal, for one purpose."""
    return digest(mailbox_of(address), purpose=purpose)


def domain_digest(address: str) -> bytes:
    """The keyed digest (32 bytes) of the domain of an address: equal for all mailboxes there."""
    return digest(normalise_address(address).rpartition("@")[2], purpose="outbox.domain")


@cache
def _keyring(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_fernet_key(key)) for key in keys])


def _fernet_key(secret: str) -> bytes:
    return urlsafe_b64encode(hashlib.sha256(b"countersign.address\x00" + secret.encode()).digest())


def seal(value: bytes) -> bytes:
    """`value` encrypted and authenticated under the first of `ADDRESS_KEYS`."""
    return _keyring(tuple(settings.ADDRESS_KEYS)).encrypt(value)


def unseal(token: bytes) -> bytes:
    """What `seal` was given; raises `cryptography.fernet.InvalidToken` when no key of ours sealed it."""
    return _keyring(tuple(settings.ADDRESS_KEYS)).decrypt(token)


class SealedBytesField(models.BinaryField):  # type: ignore[type-arg]  # generic in the stubs only
    """Bytes that lie encrypted in the database."""

    def get_prep_value(self, value: Any) -> Any:
        return None if value is None else seal(bytes(value))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> bytes | None:
        return None if value is None else unseal(bytes(value))


class SealedTextField(models.BinaryField):  # type: ignore[type-arg]  # generic in the stubs only
    """Text that lies encrypted in the database; Python sees a `str`. It cannot be searched: keep a digest beside it."""

    def get_prep_value(self, value: Any) -> Any:
        return None if value is None else seal(str(value).encode())

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str | None:
        return None if value is None else unseal(bytes(value)).decode()


def without_addresses(text: str, *, mark: str = "[address]") -> str:
    """`text` with `mark` for every e-mail address: replies and notes repeat them, and a log or a footnote must not."""
    return re.sub(r"[^\s<>\"':;,()]+@[^\s<>\"':;,()]+", lambda _found: mark, text)
