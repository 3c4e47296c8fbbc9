import unicodedata
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from outbox.addresses import validate_sendable
from petitions.models import Signature, VersionText
from petitions.news.wordings import SIGNER_WORDING, STATEMENT_WORDING
from petitions.signatories.mailboxes import CODE_LENGTH
from text.names import clean_name, find_spoofing

ANNEX_WORDING = _(
    "If my full name is not shown, those to whom this text is handed over may learn it in confidence, in a list that is"
    " encrypted for them alone"
)


# Beside the box of who signs with the name withheld: what is asked for there is to follow, like anybody may.
FOLLOWING_APART = _(
    "Your address is then kept among those who follow this text, apart from your signature. Nothing there, and nothing "
    "in the mail, says that you signed."
)


class TextForm(forms.Form):
    """A form below an exact text: it carries the fingerprint of what was on screen."""

    fingerprint = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, text: VersionText, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["fingerprint"] = text.sha256
        self.text = text

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("fingerprint") != self.text.sha256:
            # What is shown next is the new text: bind its fingerprint, so that the next press signs what is on screen.
            shown = QueryDict(mutable=True)
            shown.update(self.data)
            shown["fingerprint"] = self.text.sha256
            self.data = shown
            raise forms.ValidationError(
                _("The text was changed after you opened this page. Please read it again before you sign.")
            )
        return cleaned


def agreed_words(form: forms.Form, name: str) -> str:
    """The label of the box `name` in the language of the page, when it was ticked; else ""."""
    return gettext(str(form.fields[name].label)) if form.cleaned_data[name] else ""


class ComposedField(forms.CharField):
    """Text in the form that is stored, so that its length is that of what is stored: NFC makes two of some letters."""

    def to_python(self, value: Any) -> str:
        return unicodedata.normalize("NFC", super().to_python(value) or "")


class SignForm(TextForm):
    """The public's form: three fields, how the name is shown, and two that may stay empty.

    No way of showing the name is chosen beforehand: it is public only by the signatory's own choice (reliability, T4).
    """

    name = ComposedField(label=_("Your name"), max_length=120, widget=forms.TextInput({"autocomplete": "name"}))
    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        help_text=_("We send you a code to type in. The address is never shown, and is stored encrypted."),
        widget=forms.EmailInput({"autocomplete": "email", "dir": "ltr"}),
    )
    country = forms.ChoiceField(label=_("Country you live in"))
    comment = ComposedField(
        label=_("Why you sign"),
        max_length=300,
        required=False,
        help_text=_("Shown beside your name, up to 300 characters."),
        widget=forms.Textarea({"rows": 2}),
    )
    display = forms.ChoiceField(
        label=_("How is your name shown to everybody?"),
        choices=Signature.Display.choices,
        widget=forms.RadioSelect,
        help_text=_(
            "You are counted in any case, and can change this later. A name that is not shown in full lies encrypted "
            "after a week."
        ),
        error_messages={"required": _("Choose how your name is shown.")},
    )
    may_be_annexed = forms.BooleanField(label=ANNEX_WORDING, required=False)
    wants_updates = forms.BooleanField(label=SIGNER_WORDING, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Choose a country")), *countries]
        self.fields["country"] = forms.ChoiceField(label=_("Country you live in"), choices=choices)
        self.fields["country"].widget.attrs["autocomplete"] = "country"

    def clean_name(self) -> str:
        name = clean_name(self.cleaned_data["name"])
        problem = find_spoofing(name)
        if problem:
            raise forms.ValidationError(str(problem))
        return name

    def clean_email(self) -> str:
        address: str = self.cleaned_data["email"]
        validate_sendable(address)
        return address

    def clean_comment(self) -> str:
        comment = " ".join(self.cleaned_data["comment"].split())
        if any(unicodedata.category(letter) in {"Cc", "Cf", "Co", "Cn"} - _joiners(letter) for letter in comment):
            raise forms.ValidationError(_("The comment holds an invisible character. Please type it again."))
        return comment

    def agreed_wording(self) -> str:
        """The words the signatory agreed to, in the language of the page; empty when they did not."""
        return agreed_words(self, "wants_updates")


def _joiners(letter: str) -> set[str]:
    # ZWNJ and ZWJ join Persian and Indic letters and build emoji.
    return {"Cf"} if letter in "\u200c\u200d" else set()


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code from the e-mail"),
        max_length=20,
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric", "dir": "ltr"}),
        help_text=_("Six digits. The code is good for one hour."),
    )

    def clean_code(self) -> str:
        """The digits alone, in ASCII: people type Persian digits, spaces and hyphens."""
        typed: str = self.cleaned_data["code"]
        digits = "".join(str(unicodedata.decimal(letter)) for letter in typed if letter.isdecimal())
        if len(digits) != CODE_LENGTH:
            raise forms.ValidationError(_("A code has six digits."))
        return digits

    def refuse(self) -> None:
        """Says beside the field that the code did not match, without saying why."""
        self.add_error(
            "code",
            _(
                "This code does not match. Use the newest e-mail we sent you; "
                "after five wrong tries, or one hour, ask for a new code."
            ),
        )


class ManageForm(forms.Form):
    email = forms.EmailField(
        label=_("The e-mail address you signed with"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email", "dir": "ltr"}),
    )

    def clean_email(self) -> str:
        address: str = self.cleaned_data["email"]
        validate_sendable(address)
        return address


class DisplayForm(forms.Form):
    display = forms.ChoiceField(
        label=_("How your name is shown"), choices=Signature.Display.choices, widget=forms.RadioSelect
    )
    may_be_annexed = forms.BooleanField(label=ANNEX_WORDING, required=False)

    @classmethod
    def showing(cls, signature: Signature) -> "DisplayForm":
        """The form as `signature` stands."""
        return cls(initial={"display": signature.display, "may_be_annexed": signature.may_be_annexed})


class NewsForm(forms.Form):
    """Whether a signatory wants news, on their own page; who withheld the name follows, like anybody may."""

    wants_updates = forms.BooleanField(label=SIGNER_WORDING, required=False)

    def __init__(self, *args: Any, signature: Signature, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if signature.is_protected:
            self.fields["wants_updates"].label = STATEMENT_WORDING
            self.fields["wants_updates"].help_text = FOLLOWING_APART

    def agreed_wording(self) -> str:
        """The words that were agreed to, in the language of the page; "" when they were not."""
        return agreed_words(self, "wants_updates")


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("Your answer"),
        max_length=2000,
        widget=forms.Textarea({"rows": 5}),
        help_text=_("Only moderators read it."),
    )
