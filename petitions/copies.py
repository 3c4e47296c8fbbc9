"""Where the name of a signatory has already gone, as far as the database knows: what no erasure can call back."""

from dataclasses import dataclass
from datetime import UTC, datetime, time

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from petitions.models import Handover, HandoverQuerySet, Signature


@dataclass(frozen=True)
class Copy:
    """One place outside this site, or readers of it, in words for the signatory; since when."""

    where: str | Promise
    since: datetime


def copies_of(signature: Signature) -> list[Copy]:
    """What went out with the name of `signature`, asked for before it is erased."""
    copies = []
    if signature.accepted_at is not None and signature.shown_name:
        copies.append(
            Copy(
                _("The public list: readers may have kept a copy, and search engines may show one."),
                signature.accepted_at,
            )
        )
    if signature.confirmed_at is not None and not signature.is_protected:
        copies.append(
            Copy(
                _("E-mails we wrote to you: they are in your own mailbox, where only you can delete them."),
                signature.confirmed_at,
            )
        )
    if signature.accepted_at is not None:
        copies += [_handed_over(handover) for handover in _handovers(signature)]
    return copies


def _handovers(signature: Signature) -> HandoverQuerySet:
    """The dossiers that left the house with the signature in them."""
    about = Handover.objects.filter(statement=signature.statement_id, handed_over_on__isnull=False)
    version = Q(covers_all_versions=True) | Q(version__number=signature.version_number)
    return about.filter(version, as_of__gte=signature.accepted_at).order_by("handed_over_on", "pk")


def _handed_over(handover: Handover) -> Copy:
    where = gettext("The dossier handed over to %(recipient)s: paper and files there are out of our reach.")
    day = datetime.combine(handover.handed_over_on or handover.as_of.date(), time.min, tzinfo=UTC)
    return Copy(where % {"recipient": handover.recipient}, day)
