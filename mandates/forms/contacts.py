from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

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

    RIGHT, WRONG = "right", "wrong"

    outcome = forms.ChoiceField(
        label=_("What did you find?"),
        choices=[
            (RIGHT, _("It is this mandate's address: letters may go there")),
            (WRONG, _("It is wrong or closed: nothing may go there")),
        ],
        widget=forms.RadioSelect,
    )
    how = forms.CharField(
        label=_("How did you check?"),
        max_length=300,
        help_text=_("For example: read on the mandate's page at ohchr.org today; answered by the secretariat."),
    )
    expires_on = forms.DateField(
        label=_("Check again on"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Addresses change with the people. After this day nothing is sent until somebody checks again."),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_expires_on(self) -> date:
        day: date = self.cleaned_data["expires_on"]
        if not self.today < day <= self.today + LONGEST_CHECK:
            raise forms.ValidationError(gettext("Choose a day after today and within a year."))
        return day
