import re
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from outbox import openpgp


class ContactKeyForm(forms.Form):
    """A public key, and its fingerprint as it was learnt another way: two channels, so that no one of them can lie."""

    armored = forms.CharField(
        label=_("Public key"),
        max_length=openpgp.LONGEST_KEY,
        widget=forms.Textarea(attrs={"rows": 8, "dir": "ltr", "spellcheck": "false"}),
        help_text=_("The whole block, from BEGIN PGP PUBLIC KEY BLOCK to END."),
    )
    fingerprint = forms.CharField(
        label=_("Fingerprint, from another source"),
        max_length=200,
        widget=forms.TextInput(attrs={"dir": "ltr", "spellcheck": "false"}),
        help_text=_("As the mandate's secretariat told you by telephone or in print. Do not take it from the key."),
    )

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now

    def clean_armored(self) -> str:
        armored = str(self.cleaned_data["armored"]).strip() + "\n"
        try:
            self.key = openpgp.read_key(armored, now=self.now)
        except openpgp.UnusableKeyError as error:
            raise forms.ValidationError(str(error)) from error
        return armored

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        typed = re.sub(r"[\s:]", "", str(cleaned.get("fingerprint", ""))).upper().removeprefix("0X")
        if "armored" in cleaned and typed and typed != self.key.fingerprint:
            self.add_error("fingerprint", gettext("This is not the fingerprint of the key above. Do not use the key."))
        return cleaned
