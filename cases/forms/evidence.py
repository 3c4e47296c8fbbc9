"""Claims, events, statuses and sources."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cases.forms.dated import DatedForm
from cases.forms.people import PERSIAN
from cases.models import Claim, Event, Source, StatusEvent

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ClaimForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """One stated attribute; what is stated needs its words and its source."""

    class Meta:
        model = Claim
        fields = ["attribute", "knowledge", "value", "value_fa", "source", "locator", "as_of"]
        fields += ["is_shown", "reason", "reason_fa"]
        widgets = {
            "as_of": DAY,
            "value_fa": forms.TextInput(attrs=PERSIAN),
            "value": forms.TextInput(attrs={"list": "reference-words"}),
            "reason_fa": forms.TextInput(attrs=PERSIAN),
        }
        help_texts = {
            "value": _("As the source puts it, short: “48”, “moharebeh”, “Branch 1 of the Ahvaz Revolutionary Court”."),
            "locator": _("A page, a paragraph, a minute."),
            "is_shown": _("The others stay beside it, each with its source."),
        }

    def __init__(self, *args: Any, sources: QuerySet[Source], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"] = source_field(sources, required=False)
        self.fields["source"].help_text = _("Needed for everything that is stated. Sources of this case are listed.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("knowledge") == Claim.Knowledge.STATED:
            if not cleaned.get("value") and "value" not in self.errors:
                self.add_error("value", _("Write what the source states, or choose “not known” or “withheld” above."))
            if not cleaned.get("source") and "source" not in self.errors:
                self.add_error("source", _("Every claim needs its source."))
        elif cleaned.get("value") or cleaned.get("value_fa"):
            self.add_error("value", _("Leave the words empty: what is not known or withheld is not written down here."))
        return cleaned


class EventForm(DatedForm):
    class Meta:
        model = Event
        fields = ["text", "text_fa", "place", "place_fa", "date_note", "date_note_fa", "sources"]
        fields += ["disagreement", "disagreement_fa"]
        widgets = {
            "text_fa": forms.TextInput(attrs=PERSIAN),
            "place_fa": forms.TextInput(attrs=PERSIAN),
            "date_note_fa": forms.TextInput(attrs=PERSIAN),
            "disagreement": forms.Textarea(attrs={"rows": 3}),
            "disagreement_fa": forms.Textarea(attrs=PERSIAN | {"rows": 3}),
        }

    field_order = ["text", "text_fa", "when", "calendar", "certainty", "date_note", "date_note_fa", "place", "place_fa"]

    def __init__(self, *args: Any, sources: QuerySet[Source], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sources"] = forms.ModelMultipleChoiceField(
            sources,
            label=_("Sources"),
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": _("Every event needs at least one source.")},
        )


class StatusForm(DatedForm):
    """A new entry of the status history; entries are never changed, so there is no form to change one."""

    is_date_required = True

    class Meta:
        model = StatusEvent
        fields = ["status", "source", "date_note", "date_note_fa", "note", "note_fa"]
        widgets = {"date_note_fa": forms.TextInput(attrs=PERSIAN), "note_fa": forms.TextInput(attrs=PERSIAN)}

    field_order = ["status", "when", "calendar", "certainty", "date_note", "date_note_fa", "source"]

    def __init__(self, *args: Any, sources: QuerySet[Source], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"] = source_field(sources)
        self.fields["when"].label = _("As of which day?")


class SourceForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    class Meta:
        model = Source
        fields = [
            "title",
            "publisher",
            "publisher_fa",
            "publisher_interest",
            "publisher_interest_fa",
            "is_party",
            "kind",
            "url",
            "language",
            "published_on",
            "accessed_on",
            "reliability",
            "is_withheld",
            "note",
        ]
        widgets = {
            "publisher_fa": forms.TextInput(attrs=PERSIAN),
            "publisher_interest_fa": forms.TextInput(attrs=PERSIAN),
            "published_on": DAY,
            "accessed_on": DAY,
            "url": forms.URLInput(attrs={"dir": "ltr"}),
            "language": forms.Select(choices=[("en", _("English")), ("fa", _("Persian")), ("und", _("another"))]),
        }
        help_texts = {"note": _("For the desk only.")}

    url = forms.URLField(
        label=_("Address"),
        max_length=500,
        required=False,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"dir": "ltr"}),
    )


def source_field(sources: QuerySet[Source], *, required: bool = True) -> "forms.ModelChoiceField[Source]":
    """A choice among `sources` that speaks plainly when it is left empty."""
    return forms.ModelChoiceField(
        sources,
        label=_("Source"),
        required=required,
        empty_label=_("Choose a source"),
        error_messages={"required": _("Choose the source.")},
    )
