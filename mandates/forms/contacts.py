from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mandates.models import ContactCheck
from outbox.addresses import validate_sendable

LONGEST_CHECK = timedelta(days=366)


class ContactForm(forms.Form):
    value = forms.EmailField(label=_("E-mail address"), max_length=254, validators=[validate_sendable])
    source_note = forms.CharField(
        label=_("Where it was found"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The page or document, and the day you read it."),
    )


class ContactCheckForm(forms.Form):
    """What a person found out about an address."""

    RIGHT, WRONG, UNCLEAR = ContactCheck.Outcome.values

    outcome = forms.ChoiceField(
        label=_("What did you find?"),
        choices=[
            (RIGHT, _("It is this mandate's address: letters may go there")),
            (WRONG, _("It is wrong or closed: nothing may go there")),
            (UNCLEAR, _("I could not tell: nothing changes, and the next one knows that you looked")),
        ],
        widget=forms.RadioSelect,
    )
    how = forms.CharField(
        label=_("How did you check?"),
        max_length=300,
        help_text=_("For example: read on the mandate's page at ohchr.org today; answered by the secretariat."),
    )
    evidence = forms.CharField(
        label=_("Page or document"),
        max_length=500,
        required=False,
        help_text=_(
            "Needed when the address is right: the web address of the page you read, or where the document is kept."
        ),
    )
    expires_on = forms.DateField(
        label=_("Check again on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Addresses change with the people. After this day nothing is sent until somebody checks again."),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        day = cleaned.get("expires_on")
        if cleaned.get("outcome") == self.RIGHT and "expires_on" not in self.errors:
            if day is None or not self.today < day <= self.today + LONGEST_CHECK:
                self.add_error("expires_on", gettext("Choose a day after today and within a year."))
            if not cleaned.get("evidence") and "evidence" not in self.errors:
                self.add_error("evidence", gettext("Say which page or document shows it."))
        return cleaned
