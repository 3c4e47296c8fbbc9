from __future__ import annotations

from typing import Any, ClassVar

import pgtrigger
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Cast, Concat, Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

# Once an account is closed, what was said of its owner is emptied, with the moment; nothing else about it changes.
KEEP_UNLESS_CLOSED = """
    IF OLD.emptied_at IS NULL AND NEW.emptied_at IS NOT NULL
       AND EXISTS (SELECT 1 FROM accounts_user u WHERE u.id = OLD.{owner}_id AND u.closed_at IS NOT NULL) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'Cannot update rows of %: they are kept as they were written', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
"""


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        if not email:
            raise ValueError("an account needs an e-mail address")
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account; the e-mail address is the name."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True, help_text=_("Shown to other staff only"))
    language = models.CharField(max_length=10, default="en", help_text=_("Language we write to this person in"))
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    is_demonstration = models.BooleanField(default=False)
    joined_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(
        null=True, help_text=_("When its owner closed it; it holds no name and no address")
    )

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(Lower("email"), name="accounts_user_email_any_case"),
            models.CheckConstraint(
                name="accounts_user_closed_is_empty",
                condition=Q(closed_at__isnull=True)
                | Q(
                    email=Concat(Value("closed-"), Cast("id", models.CharField()), Value("@closed.invalid")),
                    name="",
                    password__startswith=UNUSABLE_PASSWORD_PREFIX,
                    last_login__isnull=True,
                    is_active=False,
                    is_staff=False,
                    is_superuser=False,
                ),
            ),
        ]
        triggers: ClassVar[list[Any]] = [
            pgtrigger.Protect(
                name="accounts_user_closed_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.closed_at IS NOT NULL"),
            )
        ]

    def __str__(self) -> str:
        if self.closed_at is not None:
            return gettext("closed account")
        return self.name or self.email

    def has_role(self, role: str) -> bool:
        """Whether this active person was given `role` (a value of `StaffRole.Role`)."""
        return self.is_active and role in self.role_names

    @property
    def role_names(self) -> frozenset[str]:
        if not hasattr(self, "_role_names"):
            self._role_names = frozenset(self.staff_roles.values_list("role", flat=True))
        return self._role_names


class StaffRole(models.Model):
    """What a member of staff may do."""

    class Role(models.TextChoices):
        MODERATOR = "moderator", _("moderator")
        CASE_EDITOR = "case_editor", _("case editor")
        LETTER_AUTHOR = "letter_author", _("letter author")
        VERIFIER = "verifier", _("identity checker")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="staff_roles")
    role = models.CharField(max_length=20, choices=Role.choices)
    granted_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    granted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "role"], name="accounts_staffrole_once")
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"
