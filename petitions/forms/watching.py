"""What staff type about watched names."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from petitions.models import SecondChannel, WatchedName
from text.names import clean_name, find_spoofing


class TryNameForm(forms.Form):
    name = forms.CharField(label=_("A name as somebody might type it"), max_length=120)


class WatchedNameForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    class Meta:
        model = WatchedName
        fields = ("name", "spellings", "why", "source", "note")
        widgets = {
            "name": forms.TextInput({"dir": "auto"}),
            "spellings": forms.Textarea({"rows": 3, "dir": "auto"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reasons = [("", _("Choose a reason")), *WatchedName.Why.choices]
        self.fields["why"].choices = reasons  # type: ignore[attr-defined]  # a plain Field to the stubs

    def clean_name(self) -> str:
        return _fit(self.cleaned_data["name"])

    def clean_spellings(self) -> str:
        return "\n".join(_fit(line) for line in self.cleaned_data["spellings"].splitlines() if line.strip())


def _fit(typed: str) -> str:
    name = clean_name(typed)
    if problem := find_spoofing(name):
        raise forms.ValidationError(str(problem))
    return name


class ImportForm(forms.Form):
    rows = forms.CharField(
        label=_("The lines of a CSV file"),
        max_length=500_000,
        strip=False,
        widget=forms.Textarea({"rows": 8, "dir": "auto", "spellcheck": "false"}),
        help_text=_(
            "The first line: name,spellings,why,source,note. Between spellings a bar |. “why” is laureate, office or"
            " other. You see what would be taken before anything is."
        ),
    )


class SecondChannelForm(forms.Form):
    channel = forms.ChoiceField(
        label=_("How you asked"), choices=SecondChannel.Channel.choices, widget=forms.RadioSelect
    )
    finding = forms.ChoiceField(
        label=_("What it showed"), choices=SecondChannel.Finding.choices, widget=forms.RadioSelect
    )
    what = forms.CharField(
        label=_("Whom you reached, by which address or number, and where you found it"),
        min_length=20,
        max_length=1000,
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
        help_text=_("Never use an address or a number that came with the signature."),
    )
