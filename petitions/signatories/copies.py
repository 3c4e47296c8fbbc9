"""Where the name of a signatory has already gone, as far as the database knows: what no erasure can call back.

Whoever decides whether to erase it reads this, perhaps long after they withdrew: so all rows of the signatory are
looked at, those withdrawn, taken out or replaced by a newer version too, and when each of them was counted.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from petitions.models import Handover, LogEntry, Signature, SignatureQuerySet

ACCEPTED = Signature.State.ACCEPTED


@dataclass(frozen=True)
class Copy:
    """One place outside this site, or readers of it, in words for the signatory; since when."""

    where: str | Promise
    since: datetime


def rows_of(signature: Signature) -> SignatureQuerySet:
    """All signatures of the same mailbox or account below the statement that are not erased; `signature` is one."""
    same = Q(pk=signature.pk)
    if signature.email_digest:
        same |= Q(email_digest=bytes(signature.email_digest))
    if signature.user_id is not None:
        same |= Q(user=signature.user_id)
    return Signature.objects.filter(same, statement=signature.statement_id, erased_at=None)


def copies_of(signature: Signature) -> list[Copy]:
    """What went out with the name of `signature`, asked for before it is erased."""
    rows = list(rows_of(signature).prefetch_related("decisions"))
    counted = [(row, since) for row in rows if (since := _first_counted(row)) is not None]
    copies = []
    if shown := [since for row, since in counted if row.shown_name]:
        public = _("The public list: readers may have kept a copy, and search engines may show one.")
        copies.append(Copy(public, min(shown)))
    if written := [row.confirmed_at for row in rows if row.confirmed_at is not None and not row.is_protected]:
        mails = _("E-mails we wrote to you: they are in your own mailbox, where only you can delete them.")
        copies.append(Copy(mails, min(written)))
    delivered = Handover.objects.filter(statement=signature.statement_id, handed_over_on__isnull=False)
    for handover in delivered.select_related("version").order_by("handed_over_on", "pk"):
        if any(_is_named(row, handover) and _is_in(row, since, handover) for row, since in counted):
            copies.append(_handed_over(handover))
    return copies


def _first_counted(row: Signature) -> datetime | None:
    """When it was first counted; None for never. Who is not counted any more has left that with what was decided, or
    in the log, which knows the day alone."""
    moments = [row.accepted_at]
    for decision in row.decisions.all():
        moments += [decision.accepted_before, decision.at if decision.state_after == ACCEPTED else None]
    first = min(filter(None, moments), default=None)
    if first is None:
        entry = row.log_entries.filter(kind=LogEntry.Kind.COUNTED).order_by("day").first()
        first = datetime.combine(entry.day, time.min, tzinfo=UTC) if entry else None
    # Who signs a newer version keeps the day of the first acceptance, but had not signed it before.
    return max(first, row.confirmed_at or row.created_at) if first else None


def _is_in(row: Signature, since: datetime, handover: Handover) -> bool:
    """Whether the dossier has the signature: of its version, counted by its moment, and still when it was built."""
    number = handover.version.number
    has_version = row.version_number == number or (handover.covers_all_versions and row.version_number < number)
    if not has_version or since > handover.as_of or handover.built_at is None:
        return False
    moves = [(since, True), (row.withdrawn_at, False), (row.superseded_at, False)]
    moves += [(each.at, each.state_after == ACCEPTED) for each in row.decisions.all()]
    before = [(at, counts) for at, counts in moves if at is not None and at <= handover.built_at]
    return bool(before) and max(before, key=lambda move: move[0])[1]


def _is_named(row: Signature, handover: Handover) -> bool:
    """Whether a dossier that has the signature has the name too, for everybody or for the addressee alone."""
    has_annex = bool(handover.annex_key and handover.figures.get("annexed"))
    return bool(row.shown_name) or (row.may_be_annexed and has_annex)


def _handed_over(handover: Handover) -> Copy:
    where = gettext("The dossier handed over to %(recipient)s: paper and files there are out of our reach.")
    day = datetime.combine(handover.handed_over_on or handover.as_of.date(), time.min, tzinfo=UTC)
    return Copy(where % {"recipient": handover.recipient}, day)
