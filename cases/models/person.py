from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from text.names import clean_name, search_key


class Person(models.Model):
    """The prisoner."""

    class Gender(models.TextChoices):
        FEMALE = "female", _("female")
        MALE = "male", _("male")
        OTHER = "other", _("other")
        UNKNOWN = "unknown", _("not known")

    gender = models.CharField(_("gender"), max_length=10, choices=Gender.choices, default=Gender.UNKNOWN)
    is_demonstration = models.BooleanField(_("this person is invented, for trying things out"), default=False)

    def __str__(self) -> str:
        return self.name_in("en")

    def name_in(self, language: str) -> str:
        """The shown name for a reader of `language`: Arabic script for fa and ar, Latin for the rest."""
        name = self.names_for(language)[0]
        return name.text if name else ""

    def names_for(self, language: str) -> tuple[PersonName | None, PersonName | None]:
        """The shown name in the script of `language`, and the one in another script (None where there is none)."""
        wanted = PersonName.script_of(language)
        ranked = sorted(self.names.all(), key=lambda n: (n.script != wanted, not n.is_shown, n.kind != "usual", n.pk))
        if not ranked:
            return None, None
        return ranked[0], next((name for name in ranked if name.script != ranked[0].script), None)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class PersonName(models.Model):
    """One spelling of a person's name, in one script. Never two columns: people have more names than two."""

    class Script(models.TextChoices):
        LATIN = "latn", _("Latin")
        ARABIC = "arab", _("Arabic or Persian")
        OTHER = "other", _("other")

    class Kind(models.TextChoices):
        USUAL = "usual", _("usual name")
        VARIANT = "variant", _("other spelling")
        ALIAS = "alias", _("alias")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="names")
    text = models.CharField(_("name"), max_length=160)
    script = models.CharField(_("script"), max_length=5, choices=Script.choices, default=Script.LATIN)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.USUAL)
    is_shown = models.BooleanField(_("shown as the name"), default=False)
    search_key = models.CharField(max_length=200, blank=True, editable=False, db_index=True)
    source = models.ForeignKey(
        "cases.Source", verbose_name=_("source"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "text"], name="cases_personname_once"),
            models.UniqueConstraint(
                fields=["person", "script"], condition=Q(is_shown=True), name="cases_personname_one_shown_per_script"
            ),
        ]

    def __str__(self) -> str:
        return self.text

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Keep the search key in step with the name, whoever saves it."""
        self.text = clean_name(self.text)
        self.search_key = search_key(self.text)[:200]
        if update_fields is not None and "text" in update_fields:
            update_fields = {*update_fields, "search_key"}
        super().save(*args, update_fields=update_fields, **kwargs)

    @staticmethod
    def script_of(language: str) -> str:
        return PersonName.Script.ARABIC if language in {"fa", "ar"} else PersonName.Script.LATIN

    @property
    def language(self) -> str:
        """The `lang` in which a reader's machine should set and pronounce it."""
        return {"arab": "fa", "latn": "en"}.get(self.script, "und")
