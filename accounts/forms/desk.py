"""What an identity checker types."""

from datetime import datetime

from django import forms
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _


class ConfirmForm(forms.Form):
    evidence = forms.CharField(
        label=_("What you looked at"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=_("The page or document and what it says, so that somebody else could check it again."),
    )
    profile_seen_at = forms.CharField(widget=forms.HiddenInput)

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
