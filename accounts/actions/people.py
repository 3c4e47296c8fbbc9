"""Accounts opened and roles given by staff or by whoever runs the site."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.models import StaffRole, User


def open_account(
    *, email: str, password: str | None, name: str = "", by: User | None, now: datetime, is_demonstration: bool = False
) -> User:
    """A new account whose address counts as proved, because whoever opens it answers for it.

    `by` None: whoever runs the site. Raises `django.db.IntegrityError` when the address has an account.
    """
    with transaction.atomic():
        user = User.objects.create_user(email.lower(), password, name=name, is_demonstration=is_demonstration)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def grant_role(*, user: User, role: str, by: User | None, now: datetime) -> StaffRole:
    """Give `user` a role (a value of `StaffRole.Role`); giving it again changes nothing.

    `by` None: whoever runs the site. Raises `ValueError` for an unknown role.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        row, _ = StaffRole.objects.get_or_create(
            user=user, role=StaffRole.Role(role).value, defaults={"granted_by": by}
        )
        user.is_staff = True
        user.save(update_fields=["is_staff"])
    return row


def revoke_role(*, user: User, role: str, by: User | None, now: datetime) -> bool:
    """Take a role away; whether there was one. Without any role a person is no longer staff."""
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        removed, _ = StaffRole.objects.filter(user=user, role=StaffRole.Role(role).value).delete()
        if not user.staff_roles.exists() and not user.is_superuser:
            user.is_staff = False
            user.save(update_fields=["is_staff"])
    return bool(removed)
