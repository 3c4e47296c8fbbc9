"""Closing an account, as far as it is known here: who may, and what is left of it. `petitions.actions` does it.

The row stays, for what was decided and said under it, and holds no name and no address: a "closed account".
"""

from collections.abc import Collection
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
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
    """Takes out of an account all that leads to its owner, and ends its sessions; the row itself stays.

    `shown`: the keys of verifications whose public part (the institution, an iD that may be shown) stands beside a
    signature that stays; everything else of them, and all of the others, is destroyed. Vouchers that the owner gave
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
        _end_sessions(user)
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
    # An iD that its owner did not agree to show is no part of what stands beside the name.
    left = rows.filter(pk__in=shown, emptied_at__isnull=True)
    left.filter(is_public=False).update(evidence="", ending_note="", emptied_at=now, orcid="")
    left.update(evidence="", ending_note="", emptied_at=now)


def _end_sessions(user: User) -> None:
    """A session names its account inside what it holds only; the changed password alone would end it as well."""
    for session in Session.objects.iterator(chunk_size=500):
        if session.get_decoded().get(SESSION_KEY) == str(user.pk):
            session.delete()
