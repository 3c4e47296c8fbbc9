"""Where the name of a signatory has already gone, as far as the database knows: what no erasure can call back."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from petitions.models import Signature


@dataclass(frozen=True)
class Copy:
    """One place outside this site, or readers of it, in words for the signatory; since when."""

    where: str | Promise
    since: datetime


def copies_of(signature: Signature) -> list[Copy]:
    """What went out with the name of `signature`, asked for before it is erased. Handovers and exports belong here."""
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
    return copies
