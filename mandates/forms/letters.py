from typing import Any, ClassVar

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from mandates.actions.writing import WORDS
from mandates.forms.words import LONGEST, in_language_of, keep_short
from mandates.models import Letter, Mandate, Violation

# A draft may lack them, a letter may not: the checker's gates.
NEEDED = ["victim", "perpetrators", "date_of_events", "place_of_events", "facts", "violations", "request", "submitter"]
# A cover letter is not about a case: it has a form of its own.
ON_A_CASE = [choice for choice in Letter.Kind.choices if choice[0] != Letter.Kind.COVER_LETTER]
Option = tuple[int, str]


def grouped_violations() -> list[tuple[str, list[Option]]]:
    """The taxonomy as choices: groups in their order, labels in the reader's language."""
    groups: dict[str, list[Option]] = {str(value): [] for value in Violation.Group.values}
    for violation in Violation.objects.order_by("position", "pk"):
        is_persian = get_language() == "fa" and violation.label_fa
        groups[violation.group].append((violation.pk, violation.label_fa if is_persian else violation.label))
    return [(str(Violation.Group(value).label), options) for value, options in groups.items() if options]


class ViolationsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # generic in the stubs only
    """Checkboxes in groups."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            Violation.objects.all(),
            label=_("Violations"),
            help_text=_("Tick what the facts show. The competent mandates follow from it."),
            widget=forms.CheckboxSelectMultiple(attrs={"class": "violations"}),
            **options,
        )


class LetterStartForm(forms.Form):
    """What is needed before a draft can be taken from a case."""

    kind = forms.ChoiceField(
        label=_("Proposed kind"),
        choices=ON_A_CASE,
        widget=forms.RadioSelect,
        help_text=_(
            "Urgent appeal: it goes on or is about to happen, and can still be stopped. Allegation letter: it has "
            "happened. Other letter: a law or a practice. The mandate holders decide what they send."
        ),
    )
    language = forms.ChoiceField(
        label=_("Language of the letter"),
        choices=Letter.Language.choices,
        help_text=_(
            "The mandates work in these three. Headings, dates and fixed words come in the language you choose; what "
            "the case holds in English only is marked for you to translate."
        ),
    )
    violations = ViolationsField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["violations"].choices = grouped_violations()  # type: ignore[attr-defined]  # a plain Field to the stubs


class LetterForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """The sections of a submission. Only the subject must be there to save a draft; the checker names the rest."""

    violations = ViolationsField(required=False)

    class Meta:
        model = Letter
        fields = list(WORDS)
        help_texts: ClassVar[dict[str, Any]] = {
            "kind": _("The mandate holders decide what they send."),
            "subject": _("What it is about, in a few words and without a name: many people read subject lines."),
            "victim": _("The UN asks: who is it? Name in full, age, nationality, occupation, where the person is."),
            "perpetrators": _(
                "The UN asks: who is believed to be responsible, and why? Give institutions their full names; "
                "name people only with a source."
            ),
            "perpetrators_unknown_because": _("If nobody can be named, say why."),
            "date_of_events": _("At least the year, better the day. For example: 27 July 2025."),
            "place_of_events": _("Town, prison, court."),
            "facts": _(
                "The UN asks: what happened, in the order in which it happened, with dates and sources? Plain facts, "
                "no adjectives. Where sources disagree, say so."
            ),
            "steps_taken": _(
                "Complaints, appeals, other international bodies, and what came of them. It is no condition that "
                "everything at home has been tried."
            ),
            "request": _("What should the mandate holders ask of the Government?"),
            "submitter": _(
                "The person or organisation that submits, and how to reach it. The UN does not take up anonymous "
                "letters, and does not pass this name on."
            ),
        }
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "facts": forms.Textarea(attrs={"rows": 16}),
            "request": forms.Textarea(attrs={"rows": 6}),
            "submitter": forms.Textarea(attrs={"rows": 4}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["violations"].choices = grouped_violations()  # type: ignore[attr-defined]  # a plain Field to the stubs
        self.fields["violations"].initial = [violation.pk for violation in self.instance.violations.all()]
        for name in NEEDED:
            self.fields[name].template_name = "mandates/_needed_field.html"  # type: ignore[attr-defined]  # a plain Field to the stubs
        self.fields["kind"].choices = ON_A_CASE  # type: ignore[attr-defined]  # a plain Field to the stubs
        keep_short(self.fields, LONGEST)
        in_language_of(self.fields, self.instance.language, WORDS)

    @property
    def words(self) -> dict[str, str]:
        """The cleaned fields that `edit_letter` takes."""
        return {name: self.cleaned_data[name] for name in WORDS}


class AddresseesForm(forms.Form):
    """Whom the letter goes to: proposed ones ticked or not, one more from the directory, jointly or separately."""

    mandates = forms.ModelMultipleChoiceField(Mandate.objects.addressable(), required=False, label=_("Mandates"))
    another = forms.ModelChoiceField(
        Mandate.objects.addressable().order_by("title"), required=False, label=_("Add another mandate")
    )
    lead = forms.ModelChoiceField(Mandate.objects.addressable(), required=False, label=_("Leads"))
    manner = forms.ChoiceField(
        choices=[
            ("joint", _("One joint submission: the leading mandate in To, the others in Cc")),
            ("separate", _("A submission of its own for each")),
        ],
        label=_("How it goes to several mandates"),
        widget=forms.RadioSelect,
        required=False,
    )

    @property
    def chosen(self) -> list[Mandate]:
        another = self.cleaned_data["another"]
        return [*self.cleaned_data["mandates"], *([another] if another else [])]

    @property
    def is_joint(self) -> bool | None:
        """None when nothing was chosen: it stays as it was."""
        manner = self.cleaned_data["manner"]
        return manner == "joint" if manner else None


class NoteForm(forms.Form):
    note = forms.CharField(
        label=_("Note"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What should be changed, or why. It stays in the letter's history."),
    )


class ApprovalForm(forms.Form):
    """Carries what the second person had before their eyes."""

    seen = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)
