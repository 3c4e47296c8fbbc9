from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from mandates.forms.words import LONGEST, in_language_of, keep_short
from mandates.models import Letter

COVER_WORDS = ("language", "subject", "facts", "request", "submitter")


class CoverStartForm(forms.Form):
    """In which language a statement is handed over."""

    language = forms.ChoiceField(
        label=_("Language of the letter"),
        choices=Letter.Language.choices,
        help_text=_("The statement itself is quoted in the language in which it was signed."),
    )


class CoverForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """The words around a statement that is handed over, and whom the letter names beside it."""

    named = forms.ModelMultipleChoiceField(
        Case.objects.none(),
        label=_("People named in it"),
        help_text=_("Only people whose case is published can be named."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
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
        keep_short(self.fields, LONGEST)
        in_language_of(self.fields, self.instance.language, COVER_WORDS)

    @property
    def words(self) -> dict[str, str]:
        """The cleaned fields that `edit_letter` takes."""
        return {name: self.cleaned_data[name] for name in COVER_WORDS}
