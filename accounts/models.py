"""People who sign in: users, expert profiles, institutions, how identities were verified, staff roles."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

import pgtrigger
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField


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
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    is_demonstration = models.BooleanField(default=False)
    joined_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="accounts_user_email_any_case")]

    def __str__(self) -> str:
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
        constraints = [models.UniqueConstraint(fields=["user", "role"], name="accounts_staffrole_once")]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"


class Institution(models.Model):
    """A university, court, organisation or body an expert belongs to."""

    name = models.CharField(_("name"), max_length=200)
    country = CountryField(_("country"), blank=True)
    ror_id = models.CharField(max_length=40, blank=True)
    is_demonstration = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class InstitutionDomain(models.Model):
    """An e-mail domain that staff accept as proof of belonging to an institution."""

    institution = models.ForeignKey(Institution, on_delete=models.CASCADE, related_name="domains")
    domain = models.CharField(max_length=253, unique=True, help_text=_("Lower case, ASCII (punycode)"))

    def __str__(self) -> str:
        return self.domain


class ExpertProfile(models.Model):
    """How an expert signs: the words that will be printed."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="expert_profile")
    printed_name = models.CharField(_("name as it is to be printed"), max_length=120)
    original_name = models.CharField(_("name in its original script"), max_length=120, blank=True)
    title = models.CharField(_("title or office"), max_length=160)
    is_current = models.BooleanField(_("I hold this office now"), default=True)
    affiliation = models.CharField(_("institution or organisation"), max_length=200)
    country = CountryField(_("country"))
    field = models.CharField(_("field of work"), max_length=120)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.printed_name


class VerificationQuerySet(models.QuerySet["Verification"]):
    def valid_at(self, moment: datetime) -> VerificationQuerySet:
        return self.filter(revoked_at__isnull=True).filter(Q(expires_at__isnull=True) | Q(expires_at__gt=moment))


class Verification(models.Model):
    """How we know who an expert is."""

    class Method(models.TextChoices):
        INSTITUTION_DOMAIN = "institution_domain", _("e-mail address at the institution")
        STAFF_CHECK = "staff_check", _("checked by staff")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="verifications")
    method = models.CharField(max_length=20, choices=Method.choices)
    evidence = models.TextField(_("evidence"), help_text=_("The address, page or document that was looked at"))
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, null=True, blank=True)
    checked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    checked_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = VerificationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="accounts_verification_staff_check_names_checker",
                condition=~Q(method="staff_check") | Q(checked_by__isnull=False),
            ),
            models.CheckConstraint(
                name="accounts_verification_not_of_oneself",
                condition=Q(checked_by__isnull=True) | ~Q(checked_by=F("user")),
            ),
        ]
        triggers = [pgtrigger.Protect(name="accounts_verification_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_method_display()}"
