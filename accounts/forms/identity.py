"""What somebody types on the way up the ladder."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class ShowOrcidForm(forms.Form):
    is_public = forms.BooleanField(
        label=_("My ORCID iD may be shown beside my name"),
        required=False,
        help_text=_("Without it readers see that an iD was proved, and not which one."),
    )


class VouchForm(forms.Form):
    seen_name = forms.CharField(widget=forms.HiddenInput, max_length=120)
    statement = forms.CharField(
        label=_("How do you know this person?"),
        min_length=30,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=_("Since when, and from where. Only our identity checkers and moderators read it."),
    )
    is_sure = forms.BooleanField(
        label=_("I know this person myself, and I have made sure that it was they who asked me."),
        error_messages={"required": _("Tick the box if it is so. If you are not sure, please do not vouch.")},
    )

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen_name"] = name
