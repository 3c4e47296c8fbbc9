"""Closing an account, as far as it is known here: who may, and what is left of it. `petitions.actions` does it.

The row stays, for what was decided and said under it, and holds no name and no address: a "closed account".
"""

from collections.abc import Collection
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import transaction

from accounts.models import ExpertProfile, User, Verification, VerificationRequest, Voucher


class StaffAccountError(Exception):
    """Somebody on whose work others rely cannot close the account alone: whoever runs the site does it with them."""


def is_of_staff(user: User) -> bool:
    """Whether `user` has, by a role or a flag, any part in the work of the house."""
    return user.is_staff or user.is_superuser or user.staff_roles.exists()


def lock_account(*, user: User) -> User:
    """The row afresh, locked until the transaction ends. Raises `StaffAccountError`, and `User.DoesNotExist` when it is
    closed already."""
    user = User.objects.select_for_update().get(pk=user.pk, closed_at__isnull=True)
    if is_of_staff(user):
        raise StaffAccountError
    return user


def empty_account(*, user: User, shown: Collection[int], now: datetime) -> User:
    """Takes out of an account all that leads to its owner; the row itself stays. The new password ends its sessions.

    `shown`: the keys of verifications whose public part (the institution, an iD that may be shown) stands beside a
    signature that stays; everything else of them, and all of the others, is destroyed. Such a one keeps the digest of
    its mailbox: else it would sign once more from each account that is opened and closed. Vouchers that the owner gave
    stay, as they are about somebody else. Needs the lock of `lock_account` in the same transaction.
    """
    user.email = f"closed-{user.pk}@closed.invalid"
    user.name, user.last_login, user.closed_at, user.is_active = "", None, now, False
    user.set_unusable_password()
    with transaction.atomic():
        user.save(update_fields=["email", "name", "last_login", "closed_at", "is_active", "password"])
        for table in (EmailAddress, Authenticator, SocialAccount, ExpertProfile, VerificationRequest):
            table.objects.filter(user=user).delete()
        _empty_verifications(user, shown=shown, now=now)
        received = Voucher.objects.filter(person=user)
        received.standing().update(ended_at=now, ending=Voucher.Ending.CLOSED)
        received.update(name="", statement="", emptied_at=now)
    return user


def _empty_verifications(user: User, *, shown: Collection[int], now: datetime) -> None:
    rows = Verification.objects.filter(user=user)
    rows.filter(revoked_at__isnull=True).update(revoked_at=now, ending=Verification.Ending.CLOSED)
    nothing = {
        "domain": "",
        "mailbox_digest": None,
        "institution": None,
        "institution_name": "",
        "orcid": "",
        "is_public": False,
    }
    rows.exclude(pk__in=shown).update(evidence="", ending_note="", emptied_at=now, **nothing)
    # One proof of a mailbox is enough to know it by: the newest of those that stand beside a signature.
    proofs = rows.filter(pk__in=shown, mailbox_digest__isnull=False).order_by("mailbox_digest", "-checked_at", "-pk")
    newest = list(proofs.distinct("mailbox_digest").values_list("pk", flat=True))
    older = rows.filter(pk__in=shown, mailbox_digest__isnull=False).exclude(pk__in=newest)
    older.update(mailbox_digest=None, evidence="", ending_note="", emptied_at=now)
    # An iD that its owner did not agree to show is no part of what stands beside the name.
    left = rows.filter(pk__in=shown, emptied_at__isnull=True)
    left.filter(is_public=False).update(evidence="", ending_note="", emptied_at=now, orcid="")
    left.update(evidence="", ending_note="", emptied_at=now)
