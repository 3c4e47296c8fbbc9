from typing import Any, ClassVar

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from mandates.dossiers import dossier_of, dossiers_for
from mandates.forms.words import LONGEST, in_language_of, keep_short
from mandates.models import Letter
from petitions.models import Handover, StatementVersion
from text.calendars import format_day

COVER_WORDS = ("language", "subject", "facts", "request", "submitter")


class CoverStartForm(forms.Form):
    """In which language a statement is handed over."""

    language = forms.ChoiceField(
        label=_("Language of the letter"),
        choices=Letter.Language.choices,
        help_text=_("The statement itself is quoted in the language in which it was signed."),
    )


def _told(handover: Handover) -> str:
    told = gettext("%(number)s signatures as of %(day)s, for %(addressee)s")
    day = format_day(handover.as_of.date(), get_language() or "en")
    return told % {"number": handover.figures["counted"], "day": day, "addressee": handover.addressee}


class CoverForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """The words around a statement that is handed over, and whom the letter names beside it."""

    named = forms.ModelMultipleChoiceField(
        Case.objects.none(),
        label=_("People named in it"),
        help_text=_("Only people whose case is published can be named."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    dossier = forms.ModelChoiceField(
        Handover.objects.none(),
        label=_("Dossier that goes with it"),
        help_text=_("Its PDF is attached up to 10 MB, else named with its fingerprint. Only approved ones are here."),
        required=False,
        empty_label=_("none"),
    )

    class Meta:
        model = Letter
        fields = list(COVER_WORDS)
        labels: ClassVar[dict[str, Any]] = {"facts": _("Opening words")}
        help_texts: ClassVar[dict[str, Any]] = {
            "subject": _("What it is about, in a few words and without a name: many people read subject lines."),
            "facts": _(
                "They stand before the statement, whose title, text, fingerprint and count follow by themselves."
            ),
            "request": _("What should the reader do with the statement?"),
            "submitter": _("Who hands it over, and how to reach them."),
        }
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "facts": forms.Textarea(attrs={"rows": 6}),
            "request": forms.Textarea(attrs={"rows": 6}),
            "submitter": forms.Textarea(attrs={"rows": 4}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = [row.case_id for row in self.instance.named_cases.all()]
        version = self.instance.statement_version
        people = Case.objects.published().filter(statements=version.statement) if version else Case.objects.none()
        people = (people | Case.objects.filter(pk__in=chosen)).distinct().select_related("person").order_by("slug")
        self.fields["named"].queryset = people  # type: ignore[attr-defined]  # a plain Field to the stubs
        self.fields["named"].initial = chosen
        self._offer_dossiers(version)
        keep_short(self.fields, LONGEST)
        in_language_of(self.fields, self.instance.language, COVER_WORDS)

    def _offer_dossiers(self, version: StatementVersion | None) -> None:
        field = self.fields["dossier"]
        field.queryset = dossiers_for(version).order_by("-as_of") if version else Handover.objects.none()  # type: ignore[attr-defined]  # a plain Field to the stubs
        field.label_from_instance = _told  # type: ignore[attr-defined]  # likewise
        chosen = dossier_of(self.instance) if self.instance.pk else None
        field.initial = chosen.pk if chosen else None

    @property
    def words(self) -> dict[str, str]:
        """The cleaned fields that `edit_letter` takes."""
        return {name: self.cleaned_data[name] for name in COVER_WORDS}
