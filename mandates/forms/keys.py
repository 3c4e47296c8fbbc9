import re
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mandates.errors import WrongFingerprintError
from mandates.models import Channel, ContactKey
from outbox import openpgp


class KeyForm(forms.Form):
    """A public key and where it came from. It is used for nothing until a second person has confirmed it."""

    armored = forms.CharField(
        label=_("Public key"),
        max_length=openpgp.LONGEST_KEY,
        widget=forms.Textarea(attrs={"rows": 8, "dir": "ltr", "spellcheck": "false"}),
        help_text=_("The whole block, from BEGIN PGP PUBLIC KEY BLOCK to END."),
    )
    came_by = forms.ChoiceField(label=_("How did the key reach you?"), choices=Channel.choices)
    source = forms.CharField(
        label=_("Where exactly?"), max_length=500, help_text=_("The web address, the sender, the publication, the day.")
    )

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now

    def clean_armored(self) -> str:
        armored = str(self.cleaned_data["armored"]).strip() + "\n"
        try:
            openpgp.read_key(armored, now=self.now)
        except openpgp.UnusableKeyError as error:
            raise forms.ValidationError(str(error)) from error
        return armored


class ConfirmKeyForm(forms.Form):
    """The fingerprint as a second person was told it over another channel: no single channel can lie to us."""

    fingerprint = forms.CharField(
        label=_("The fingerprint as you were told it"),
        max_length=200,
        widget=forms.TextInput(attrs={"dir": "ltr", "spellcheck": "false", "autocomplete": "off"}),
        help_text=_("Write down what you heard or read elsewhere. Do not copy it from this page."),
    )
    over = forms.ChoiceField(label=_("How did you learn it?"), choices=Channel.choices)
    how = forms.CharField(
        label=_("From whom or from where, exactly?"),
        max_length=500,
        help_text=_("For example: read out by the secretariat, at the number on the mandate's page."),
    )

    def __init__(self, *args: Any, key: ContactKey, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.key = key
        # Whoever changed the key on its way changed the fingerprint there too.
        self.fields["over"].choices = [("", "—"), *(c for c in Channel.choices if c[0] != key.came_by)]  # type: ignore[attr-defined]  # the stubs know plain fields only

    def clean_fingerprint(self) -> str:
        typed = re.sub(r"[\s:]", "", str(self.cleaned_data["fingerprint"])).upper().removeprefix("0X")
        if typed != self.key.fingerprint:
            raise forms.ValidationError(str(WrongFingerprintError()))
        return typed

    def clean_how(self) -> str:
        how = str(self.cleaned_data["how"])
        if how.strip().casefold() == self.key.source.strip().casefold():
            raise forms.ValidationError(gettext("That is where the key came from."))
        return how
