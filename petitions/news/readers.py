"""Who gets an update: signatories and followers who agreed to it, each mailbox once, and not too often.

A signatory of a statement, or of a statement on the case, who ticked the box; a follower of either. An invitation goes
to the signatories of the one statement whose words of consent speak of the next text.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from outbox.addresses import address_digest
from petitions.models import (
    Follower,
    Signature,
    SigningMailbox,
    Statement,
    Update,
    UpdateReader,
)
from petitions.news.wordings import covers_invitation, inviting_wordings
from petitions.signatories.mailboxes import signatory_digest
from petitions.texts.reading import is_signable

Reader = Signature | Follower
# Up to so many readers the desk opens each address, to count mailboxes and full weeks exactly.
COUNTED_EXACTLY = 2000


@dataclass(frozen=True)
class Audience:
    """How many mails an update would write, by language, and how many of these would wait for a full week to end.

    Without `is_exact` the numbers are the most it can be: who both signed and follows is then counted twice.
    """

    by_language: dict[str, int]
    held: int
    is_exact: bool

    @property
    def total(self) -> int:
        return sum(self.by_language.values())


def signatures_for(update: Update) -> QuerySet[Signature]:
    """The signatories who may get `update`, whoever else has to be asked before a mail is written."""
    agreed = Signature.objects.counted().filter(wants_updates=True, email__isnull=False).exclude(updates_wording="")
    if update.invites_to_id:
        return agreed.filter(statement=update.statement_id, updates_wording__in=inviting_wordings())
    return agreed.filter(statement__in=_statements(update))


def followers_for(update: Update) -> QuerySet[Follower]:
    """The followers who may get `update`; none for an invitation, which their words do not cover."""
    if update.invites_to_id:
        return Follower.objects.none()
    return Follower.objects.live().filter(Q(statement__in=_statements(update)) | Q(case=update.case_id or 0))


def _statements(update: Update) -> QuerySet[Statement]:
    about = Q(pk=update.statement_id or 0)
    if update.case_id:
        about |= Q(cases=update.case_id)
    return Statement.objects.published().filter(about).distinct()


def delivery_digest(update: Update, address: str) -> bytes:
    """The 32 bytes by which a mailbox is known below `update`, or below the statement it invites to."""
    purpose = f"invitation:{update.invites_to_id}" if update.invites_to_id else f"update:{update.pk}"
    return address_digest(address, purpose=purpose)


def reader_digest(address: str) -> bytes:
    """The 32 bytes by which a mailbox is known over all updates, for its week and its failures alone."""
    return address_digest(address, purpose="update-reader")


def addresses_of(update: Update, readers: Iterable[Reader | None]) -> list[str]:
    """Where the mail of `update` to each of `readers` goes, as it is now; "" for who withdrew, stopped, was erased or
    agreed to less, and None. Three queries at most, however many they are.
    """
    is_invitation = update.invites_to is not None
    addresses = [_wanted_at(reader, is_invitation=is_invitation) for reader in readers]
    return _may_be_invited(update.invites_to, addresses) if update.invites_to else addresses


def _wanted_at(reader: Reader | None, *, is_invitation: bool) -> str:
    if isinstance(reader, Signature):
        wants = reader.state == Signature.State.ACCEPTED and reader.wants_updates and reader.updates_wording
        is_wanted = bool(wants) and (not is_invitation or covers_invitation(reader.updates_wording))
    else:
        is_wanted = reader is not None and reader.stopped_at is None
    return str(reader.email or "") if reader is not None and is_wanted else ""


def _may_be_invited(statement: Statement, addresses: list[str]) -> list[str]:
    """Nobody is invited to what they signed, or withdrew from, or said was not them; "" in their places."""
    if not is_signable(statement):
        return [""] * len(addresses)
    digests = {address: signatory_digest(statement=statement, address=address) for address in addresses if address}
    known = {"statement": statement, "email_digest__in": digests.values()}
    signed = Signature.objects.filter(**known).values_list("email_digest", flat=True)
    blocked = SigningMailbox.objects.filter(**known, blocked_at__isnull=False).values_list("email_digest", flat=True)
    out = {bytes(digest) for digest in [*signed, *blocked] if digest}
    return [address if address and digests[address] not in out else "" for address in addresses]


def lock_readers(addresses: Iterable[str], *, now: datetime) -> dict[bytes, UpdateReader]:
    """The rows of these mailboxes by their digests, made when they are new, locked until the transaction ends.

    Made and locked in the order of their digests, so that two workers wait for each other and never in a circle.
    """
    digests = sorted({reader_digest(address) for address in addresses})
    # An old row is written as it is, which locks it; one that is being forgotten at this moment is made anew
    # (PostgreSQL, INSERT: "ON CONFLICT DO UPDATE guarantees an atomic INSERT or UPDATE outcome").
    UpdateReader.objects.bulk_create(
        [UpdateReader(digest=digest, seen_at=now) for digest in digests],
        update_conflicts=True,
        unique_fields=["digest"],
        update_fields=["digest"],
    )
    rows = UpdateReader.objects.select_for_update().filter(digest__in=digests).order_by("digest")
    return {bytes(row.digest): row for row in rows}


def count_mails(addresses: Iterable[str], *, now: datetime) -> set[bytes]:
    """Counts a mail written now into the week of each mailbox that can be reached; the digests of these.

    For news that waits for no week, like an answer that was published: it takes its place in it.
    """
    readers = {digest: row for digest, row in lock_readers(addresses, now=now).items() if row.unreachable_at is None}
    for row in readers.values():
        row.note_mail(now=now)
    UpdateReader.objects.bulk_update(readers.values(), ["mailed_at", "seen_at"])
    return set(readers)


def note_reached(*, address: str) -> None:
    """Somebody proved this mailbox just now: it can be reached, and failures before do not count."""
    UpdateReader.objects.filter(digest=reader_digest(address), failures__gt=0).update(failures=0, unreachable_at=None)


def count_audience(update: Update, *, now: datetime) -> Audience:
    """How many would get `update` if it were released now."""
    signatures, followers = signatures_for(update), followers_for(update)
    if signatures.count() + followers.count() > COUNTED_EXACTLY:
        counted = Counter[str]()
        for rows in (signatures, followers):
            counted.update(dict(rows.order_by().values_list("language").annotate(number=Count("pk", distinct=True))))
        return Audience(dict(counted), held=0, is_exact=False)
    return _count_exactly(update, [*signatures.select_related("statement"), *followers], now=now)


def _count_exactly(update: Update, readers: list[Reader], *, now: datetime) -> Audience:
    languages: dict[bytes, str] = {}
    for reader, address in zip(readers, addresses_of(update, readers), strict=True):
        if address:
            languages.setdefault(reader_digest(address), reader.language)
    held = 0
    for row in UpdateReader.objects.filter(digest__in=languages):
        if row.unreachable_at:
            del languages[bytes(row.digest)]
        elif row.free_at(now=now, most=settings.UPDATES_PER_WEEK) > now:
            held += 1
    return Audience(dict(Counter(languages.values())), held=held, is_exact=True)
