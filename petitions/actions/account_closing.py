"""Closing an account: its owner says what becomes of the signatures; what is left of the account leads to nobody."""

from dataclasses import dataclass
from datetime import datetime

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.actions import empty_account, lock_account
from accounts.models import User
from outbox.actions import queue_email
from petitions.actions.cosigning import find_all_own
from petitions.actions.erasing import erase_signature
from petitions.actions.own import change_news, stop_updates, withdraw_signature
from petitions.errors import CustodianAccountError
from petitions.models import Custodian, SealedName, Signature
from petitions.signatories.copies import Copy


class Fate(models.TextChoices):
    """What becomes of every signature of an account that is closed."""

    STAY = "stay", _("They stay as they are shown, and count")
    WITHDRAW = "withdraw", _("Withdraw them: my name leaves the lists, and they no longer count")
    ERASE = "erase", _("Erase them: my name is taken off every page and list, and out of the database, now")


@dataclass(frozen=True)
class Closed:
    """What was done: how many signatures had it done to them, and, of erased ones, where copies have gone before."""

    fate: Fate
    signatures: int
    copies: list[Copy]


@transaction.atomic
def close_account(*, user: User, fate: Fate, now: datetime) -> Closed:
    """Closes the account of `user`, does `fate` to all its signatures and writes to its address what was done.

    Nobody signs in to it again, and nothing is written to it but that. A signature that stays can be opened, withdrawn
    or erased by a code to the same mailbox, like one given without an account. Raises `StaffAccountError`,
    `CustodianAccountError`, and `User.DoesNotExist` when it is closed already.
    """
    user = lock_account(user=user)
    if holds_names(user):
        raise CustodianAccountError
    # The protected ones are found by the address, so before it is gone.
    rows = [row for row in find_all_own(user=user) if row.erased_at is None]
    copies: list[Copy] = []
    for row in rows:
        copies += _settle(row, fate, user=user, now=now)
    queue_email(
        template="petitions/emails/account_closed",
        to=user.email,
        context={"fate": fate.value, "number": len(rows)},
        language=user.language,
        now=now,
        priority=4,
    )
    left = Signature.objects.filter(user=user.pk, erased_at=None, verification__isnull=False)
    empty_account(user=user, shown=set(left.live().values_list("verification", flat=True)), now=now)
    return Closed(fate=fate, signatures=len(rows), copies=copies)


def holds_names(user: User) -> bool:
    """Whether a sealed name could not be opened, or sealed, any more without `user`."""
    held = SealedName.objects.filter(Q(first__user=user) | Q(second__user=user), destroyed_at=None)
    return Custodian.objects.filter(user=user, retired_at=None).exists() or held.exists()


def _settle(row: Signature, fate: Fate, *, user: User, now: datetime) -> list[Copy]:
    if fate is Fate.ERASE:
        return erase_signature(signature=row, now=now, account=user)
    if row.is_protected:
        change_news(signature=row, wording="", by=user, language=row.language, now=now)
    else:
        stop_updates(signature=row, now=now)
    if fate is Fate.WITHDRAW:
        withdraw_signature(signature=row, now=now, account=user)
    Signature.objects.filter(pk=row.pk).update(email=None)
    return []
