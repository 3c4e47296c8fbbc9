from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from accounts.models.people import User


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

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                # Two spellings of one domain must not differ, and a bare top-level domain would cover a country.
                name="accounts_institutiondomain_is_ascii_domain",
                condition=Q(domain__regex=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$"),
            )
        ]

    def __str__(self) -> str:
        return self.domain


class ExpertProfile(models.Model):
    """How an expert signs: the words that will be printed."""

    # What a member of staff vouches for; changing one of them ends the check. Not the place in the list, nor in which
    # capacity somebody signs: both are theirs to say.
    CHECKED_FIELDS: ClassVar[tuple[str, ...]] = (
        "honorific",
        "printed_name",
        "original_name",
        "title",
        "is_current",
        "affiliation",
        "ror_id",
        "category",
    )

    class Category(models.TextChoices):
        """The classes by which joint letters list and count their signatories, in the order they are listed."""

        LAUREATE = "laureate", _("Nobel laureates")
        STATE = "state", _("heads of State or government, ministers")
        UN_OFFICIAL = "un_official", _("United Nations officials")
        MANDATE_HOLDER = "mandate_holder", _("UN mandate holders")
        PARLIAMENT = "parliament", _("members of parliament")
        JUDGE = "judge", _("judges and prosecutors")
        DIPLOMAT = "diplomat", _("diplomats")
        LAWYER = "lawyer", _("lawyers")
        ACADEMIC = "academic", _("academics")
        DEFENDER = "defender", _("human rights defenders")
        OTHER = "other", _("other experts")

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="expert_profile")
    honorific = models.CharField(_("form of address"), max_length=40, blank=True)
    printed_name = models.CharField(_("name as it is to be printed"), max_length=120)
    original_name = models.CharField(_("name in its original script"), max_length=120, blank=True)
    sort_key = models.CharField(_("name as it is sorted"), max_length=120, blank=True)
    title = models.CharField(_("title or office"), max_length=160)
    is_current = models.BooleanField(_("I hold this office now"), default=True)
    affiliation = models.CharField(_("institution or organisation"), max_length=200)
    institution = models.ForeignKey(Institution, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    ror_id = models.CharField(_("ROR id"), max_length=40, blank=True, help_text=_("As https://ror.org/0…"))
    category = models.CharField(_("category"), max_length=16, choices=Category.choices, default=Category.OTHER)
    in_personal_capacity = models.BooleanField(_("I sign in a personal capacity"), default=True)
    country = CountryField(_("country"))
    field = models.CharField(_("field of work"), max_length=120)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.printed_name
