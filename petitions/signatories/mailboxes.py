"""Whose mailbox it is: keyed digests, codes to type and secret links. Only digests of them are kept.

The digest of a mailbox differs for each thing it signs or follows, so that two lists of people cannot be joined.
"""

import hmac
import secrets

from cases.models import Case
from outbox.addresses import address_digest, digest
from petitions.models import Follower, SigningMailbox, Statement

CODE_LENGTH = 6


def signatory_digest(*, statement: Statement, address: str) -> bytes:
    """The 32 bytes by which two spellings of one mailbox are found equal below one statement."""
    return address_digest(address, purpose=f"signatory:{statement.pk}")


def follower_digest(*, about: Statement | Case, address: str) -> bytes:
    """The same for those who follow `about`: not the digest of a signature, so that neither tells of the other."""
    return address_digest(address, purpose=f"follower:{about._meta.model_name}:{about.pk}")


def new_code() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(10**CODE_LENGTH):0{CODE_LENGTH}d}"


def new_secret() -> str:
    """43 characters, 256 random bits: for a ticket or a link."""
    return secrets.token_urlsafe(32)


def code_digest(mailbox: SigningMailbox, code: str) -> bytes:
    """The digest under which the code sent to `mailbox` is kept; it says nothing about another mailbox's code."""
    return digest(f"{mailbox.pk}:{code}", purpose="signing-code")


def secret_digest(secret: str, *, purpose: str) -> bytes:
    """The digest under which a ticket or a link is kept."""
    return digest(secret, purpose=f"signing-{purpose}")


def is_same(kept: bytes | memoryview | None, given: bytes) -> bool:
    """Whether a kept digest equals a given one, in constant time; never for none."""
    return kept is not None and hmac.compare_digest(bytes(kept), given)


def is_follower(*, statement: Statement, address: str) -> bool:
    """Whether the mailbox of `address` follows `statement` now."""
    digest = follower_digest(about=statement, address=address)
    return Follower.objects.live().filter(statement=statement, email_digest=digest).exists()
