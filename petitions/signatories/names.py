"""Names that are not shown in full: bound by a salted hash when they are signed, put away after a week.

The log commits to the binding, so that the row need not keep the name for the receipt to hold. Put away, a name lies
sealed (`Signature.name_behind`), and the row says no more than everybody may read.
"""

import hashlib
import hmac

from outbox.addresses import digest
from petitions.models import Signature
from petitions.models.signature import LONGEST_KEY
from text.names import search_key

PRINTED = ("name", "search_key")


class WrongNameError(Exception):
    """What lies sealed in a row is not the name that was signed in it: it was taken from another, or a key changed."""


def name_salt(signature: Signature) -> bytes:
    """32 bytes, of the mailbox below the statement; the signatory's receipt tells them, and `DIGEST_KEY` alone."""
    return digest(f"{signature.statement_id}:{bytes(signature.email_digest or b'').hex()}", purpose="name")


def binding_of(signature: Signature) -> str:
    """SHA-256 of the salt and the name as signed, 64 hexadecimal digits: says nothing to who lacks the salt."""
    return hashlib.sha256(name_salt(signature) + signature.own_name.encode()).hexdigest()


def require_bound(signature: Signature) -> None:
    """Raises `WrongNameError` when another name lies sealed in the row than was signed in it."""
    if signature.name_behind is not None and not hmac.compare_digest(binding_of(signature), signature.name_binding):
        raise WrongNameError


def put_away(signature: Signature) -> None:
    """Seals the name of `signature` and leaves in clear what is shown; `name_behind` and `PRINTED` are to be saved."""
    signature.name_behind = signature.name
    print_name(signature)


def print_name(signature: Signature) -> None:
    """Writes into the row of a name that is put away what `display` shows of it; `PRINTED` are to be saved."""
    if signature.name_behind is None:
        return
    signature.name = signature.shown_name
    is_found = signature.display == Signature.Display.FULL
    signature.search_key = search_key(signature.name)[:LONGEST_KEY] if is_found else ""
