"""Whose mailbox it is: keyed digests that differ per statement, so that two petitions cannot be joined."""

from outbox.addresses import address_digest
from petitions.models import Statement


def signatory_digest(*, statement: Statement, address: str) -> bytes:
    """The 32 bytes by which two spellings of one mailbox are found equal below one statement."""
    return address_digest(address, purpose=f"signatory:{statement.pk}")
