"""Following: an address, and words to agree to."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from outbox.addresses import validate_sendable
from petitions.models import Statement
from petitions.news.wordings import CASE_WORDING, STATEMENT_WORDING


class FollowForm(forms.Form):
    """The address alone. Sending it is agreeing to `agreed_wording`, which stands above the button."""

    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        help_text=_("We send you a code to type in. The address is never shown, and is stored encrypted."),
        widget=forms.EmailInput({"autocomplete": "email", "dir": "ltr"}),
    )

    def __init__(self, *args: Any, about: Statement | Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.about = about

    def clean_email(self) -> str:
        address: str = self.cleaned_data["email"]
        validate_sendable(address)
        return address

    def agreed_wording(self) -> str:
        """The words that are agreed to, in the language of the page."""
        return gettext(str(CASE_WORDING if isinstance(self.about, Case) else STATEMENT_WORDING))

    def refuse_haste(self) -> None:
        """Says that too much came from one network; nobody learns from it whether an address is known."""
        self.add_error(
            None, _("Very many people on your network asked for this just now. Please try again in ten minutes.")
        )
