"""Dossiers that go with a cover letter: which may, what of them is attached, which letters brought one."""

from dataclasses import dataclass
from datetime import datetime

from mandates.journey import sent_deliveries
from mandates.models import Letter, LetterDossier, Mandate
from petitions.handover.store import read_file
from petitions.models import Handover, HandoverFile, HandoverQuerySet, StatementVersion

# Of the PDF: as base64 in a mail it grows by a third, and many servers refuse mails of more than 15 to 25 MB.
MOST_ATTACHED = 10 * 1024 * 1024


@dataclass(frozen=True)
class BroughtBy:
    """A letter that took a dossier to `mandate`."""

    mandate: Mandate
    sent_at: datetime


def dossiers_for(version: StatementVersion) -> HandoverQuerySet:
    """Those a cover letter of `version` may bring."""
    return Handover.objects.ready().filter(version=version)


def dossier_of(letter: Letter) -> Handover | None:
    row = LetterDossier.objects.select_related("handover__statement", "handover__version").filter(letter=letter).first()
    return row.handover if row else None


def is_ready(handover: Handover) -> bool:
    """Whether it may leave now, as the database says."""
    return Handover.objects.ready().filter(pk=handover.pk).exists()


def paper_of(handover: Handover) -> HandoverFile:
    """The dossier's main file; a built dossier has one."""
    return handover.files.get(name="statement.pdf")


def is_attached(handover: Handover) -> bool:
    return paper_of(handover).size <= MOST_ATTACHED


def attached_file(letter: Letter) -> tuple[str, bytes] | None:
    """Name and bytes of the PDF that `letter` attaches; None without a dossier, when it is too large or may not leave.

    The checker stops a letter whose dossier may not leave, so that what is read is what leaves.
    """
    handover = dossier_of(letter)
    if handover is None or not is_ready(handover) or not is_attached(handover):
        return None
    file = paper_of(handover)
    content = read_file(file)
    return (f"{handover.statement.slug}-{file.name}", content) if content is not None else None


def letters_with(handover: Handover) -> list[BroughtBy]:
    """Which letters brought `handover`, to whom and when, once they left."""
    letters = Letter.objects.public().filter(dossier__handover=handover).with_journey()
    brought = [
        BroughtBy(delivery.mandate, delivery.message.sent_at)
        for letter in letters
        for delivery in sent_deliveries(letter)
        if delivery.message.sent_at is not None
    ]
    return sorted(brought, key=lambda each: each.sent_at)
