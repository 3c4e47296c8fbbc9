"""The expert's forms: for oneself, for an organisation, with the name withheld. What was read is what is signed."""

from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from petitions.forms.signing import ANNEX_WORDING, FOLLOWING_APART, ComposedField, TextForm, agreed_words
from petitions.news.wordings import SIGNER_WORDING, STATEMENT_WORDING
from text.calendars import localise_digits
from text.names import clean_name, find_spoofing


class PrintedField(ComposedField):
    """Words that will be printed: single spaces, nothing in them that deceives the eye."""

    def to_python(self, value: Any) -> str:
        return clean_name(super().to_python(value))

    def validate(self, value: str) -> None:
        super().validate(value)
        problem = find_spoofing(value) if value else None
        if problem:
            raise forms.ValidationError(str(problem), code="deceiving")


class CosignForm(TextForm):
    may_be_annexed = forms.BooleanField(label=ANNEX_WORDING, required=False)
    wants_updates = forms.BooleanField(label=SIGNER_WORDING, required=False)
    agrees = forms.BooleanField(error_messages={"required": _("Tick the box if you want to sign.")})

    def __init__(self, *args: Any, in_personal_capacity: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.in_personal_capacity = in_personal_capacity
        self.fields["agrees"].label = self.agreement() % {
            "number": localise_digits(self.text.version.number, get_language() or "en")
        }
        self.order_fields([name for name in self.fields if name != "agrees"])

    def agreement(self) -> str:
        """The sentence that is agreed to."""
        if self.in_personal_capacity:
            return gettext("I have read version %(number)s and sign it in a personal capacity.")
        return gettext("I have read version %(number)s and sign it.")

    def agreed_wording(self) -> str:
        """The words about news that were agreed to, in the language of the page; "" when they were not."""
        return agreed_words(self, "wants_updates")


class OrganisationForm(CosignForm):
    organisation = PrintedField(
        label=_("Name of the organisation"),
        max_length=200,
        help_text=_("As it is to be printed."),
        widget=forms.TextInput({"autocomplete": "organization", "dir": "auto"}),
    )
    organisation_role = PrintedField(
        label=_("Your role in it"),
        max_length=160,
        help_text=_("For example President, or Executive director."),
        widget=forms.TextInput({"autocomplete": "organization-title", "dir": "auto"}),
    )
    authority = forms.CharField(
        label=_("What shows that you may sign for it"),
        max_length=2000,
        help_text=_(
            "A page that names you in this role, or who decided it and when. Only moderators read it; it is stored "
            "encrypted."
        ),
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
    )

    def agreement(self) -> str:
        return gettext(
            "I have read version %(number)s and sign it for the organisation named above, which has authorised me to."
        )


class WithheldForm(CosignForm):
    office = PrintedField(
        label=_("What stands in the list instead of your name"),
        max_length=160,
        help_text=_(
            "As general as you need to be safe, for example Professor of law. Not your institution, if few people "
            "there hold this office."
        ),
        widget=forms.TextInput({"dir": "auto", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A sealed name goes into no list, however confidential.
        del self.fields["may_be_annexed"]
        self.fields["wants_updates"].label = STATEMENT_WORDING
        self.fields["wants_updates"].help_text = FOLLOWING_APART

    def agreement(self) -> str:
        return gettext("I have read version %(number)s and sign it; my name is withheld and sealed.")


class CustodianForm(forms.Form):
    passphrase = forms.CharField(
        label=_("A passphrase for your half of the names"),
        min_length=16,
        max_length=200,
        strip=False,
        help_text=_("At least 16 characters, used for nothing else. It is kept nowhere: who forgets it opens no name."),
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("The same once more"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and cleaned["passphrase"] != cleaned["again"]:
            self.add_error("again", _("The two are not the same."))
        return cleaned


class UnlockForm(forms.Form):
    """The passphrase of one custodian."""

    passphrase = forms.CharField(
        label=_("Your passphrase"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "off"}),
    )

    def refuse(self) -> None:
        """Says beside the field that it does not open your half."""
        self.add_error("passphrase", _("This passphrase does not open your half."))


class AskForNameForm(UnlockForm):
    reason = forms.CharField(
        label=_("Why the name must be known"),
        max_length=500,
        help_text=_("It is kept for ever, and the signatory reads it."),
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
    )

    field_order = ["reason", "passphrase"]
