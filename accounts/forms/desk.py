"""What an identity checker types."""

from datetime import datetime

from django import forms
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from accounts.models import Verification

Method = Verification.Method


class ConfirmForm(forms.Form):
    method = forms.ChoiceField(
        label=_("What it was"),
        required=False,
        choices=[
            (Method.STAFF_PAGE, _("A page of the institution that names the person")),
            (Method.DOCUMENT, _("A document that the person showed")),
            (Method.STAFF_CHECK, _("Something else")),
        ],
        widget=forms.RadioSelect,
        initial=Method.STAFF_PAGE,
        help_text=_("Of a document write down what it said and who issued it. Keep no copy."),
    )
    evidence = forms.CharField(
        label=_("What you looked at"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=_("The page or document and what it says, so that somebody else could check it again."),
    )
    profile_seen_at = forms.CharField(widget=forms.HiddenInput)

    def clean_method(self) -> str:
        return self.cleaned_data["method"] or str(Method.STAFF_CHECK)

    def clean_profile_seen_at(self) -> datetime:
        try:
            seen = parse_datetime(self.cleaned_data["profile_seen_at"])
        except ValueError:
            seen = None
        if seen is None or seen.tzinfo is None:
            raise forms.ValidationError(_("Please load the page again."))
        return seen


class RefuseForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason, in words the person will read"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=_("Say what was missing and what would help. They may ask again."),
    )


class RevokeForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason, in words the person will read"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
