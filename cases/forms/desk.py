"""Consents, notes on decisions, and the search of the wall."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.forms.evidence import DAY
from cases.models import Consent, StatusEvent

PURPOSES = ["may_publish", "may_send_to_un", "may_name_to_government", "may_name_in_un_report", "may_show_photo"]


class ConsentForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """Who agreed, how and when, and to what: each purpose apart, none ticked beforehand."""

    class Meta:
        model = Consent
        fields = ["capacity", "how", "given_on", *PURPOSES, "note"]
        widgets = {"given_on": DAY, "note": forms.Textarea(attrs={"rows": 4})}
        help_texts = {
            "capacity": _("If nobody can be asked, a second case editor must sign the decision before it counts."),
            "note": _("For the desk only: limits they asked for, where the paper is kept. No telephone numbers."),
        }

    def clean_given_on(self) -> date:
        given_on: date = self.cleaned_data["given_on"]
        if given_on > timezone.localdate():
            raise forms.ValidationError(_("This day has not come yet."))
        return given_on

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not any(cleaned.get(purpose) for purpose in PURPOSES) and not self.errors:
            self.add_error("may_publish", _("Tick at least one thing they agreed to."))
        return cleaned


class NoteForm(forms.Form):
    """A decision that must be explained."""

    note = forms.CharField(
        label=_("Note"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Say it in a few words.")},
    )

    def __init__(self, *args: Any, label: str | Promise = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if label:
            self.fields["note"].label = str(label)


class CaseSearchForm(forms.Form):
    """What a reader looks for on the wall."""

    q = forms.CharField(label=_("Name"), max_length=100, required=False, widget=forms.SearchInput())
    status = forms.ChoiceField(label=_("Status"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["status"].choices = [("", _("any status")), *StatusEvent.Status.choices]  # type: ignore[attr-defined]  # a plain Field to the stubs


class SourceSearchForm(forms.Form):
    q = forms.CharField(label=_("Title or publisher"), max_length=100, required=False, widget=forms.SearchInput())
