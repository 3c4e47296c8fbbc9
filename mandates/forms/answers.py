import re
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mandates.models import REFERENCE_PATTERN, Letter, Mandate, Reply
from outbox.models import Message


class ReplyForm(forms.Form):
    """An answer that came, and what of it the public may read."""

    kind = forms.ChoiceField(label=_("What came"), choices=Reply.Kind.choices, widget=forms.RadioSelect)
    mandate = forms.ModelChoiceField(
        Mandate.objects.none(), label=_("From"), required=False, empty_label=_("several mandates, or the Government")
    )
    received_on = forms.DateField(label=_("Received on"), widget=forms.DateInput(attrs={"type": "date"}))
    reference = forms.CharField(
        label=_("UN reference"), max_length=40, required=False, help_text=_("As on the UN's letter: AL IRN 14/2021.")
    )
    communication_on = forms.DateField(
        label=_("Date of the mandate's letter to the Government"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("If known: the State's 60 days count from it."),
    )
    text = forms.CharField(
        label=_("What it says"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
        help_text=_("Kept to staff. Letters between mandates and Governments are confidential for about 60 days."),
    )
    public_summary = forms.CharField(
        label=_("Summary for the public page"),
        max_length=300,
        required=False,
        help_text=_("One sentence, without anything confidential. Leave empty to show only that an answer came."),
    )

    def __init__(self, *args: Any, letter: Letter, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.letter, self.today = letter, today
        self.fields["mandate"].queryset = Mandate.objects.filter(deliveries__letter=letter)  # type: ignore[attr-defined]

    def clean_reference(self) -> str:
        reference = " ".join(str(self.cleaned_data["reference"]).split()).upper()
        if reference and not re.fullmatch(REFERENCE_PATTERN, reference):
            raise forms.ValidationError(
                gettext("A UN reference looks like AL IRN 14/2021: kind, State in three letters, number/year.")
            )
        return reference

    def clean_received_on(self) -> date:
        return self._not_in_future("received_on")

    def clean_communication_on(self) -> date | None:
        return self._not_in_future("communication_on") if self.cleaned_data["communication_on"] else None

    def _not_in_future(self, name: str) -> date:
        day: date = self.cleaned_data[name]
        if day > self.today:
            raise forms.ValidationError(gettext("This day has not come yet."))
        return day


class ResolveForm(forms.Form):
    """A person decides what became of a delivery nobody can be sure of."""

    outcome = forms.ChoiceField(
        label=_("What do you decide?"),
        choices=[
            (Message.State.SENT, _("It arrived: I have evidence")),
            (Message.State.QUEUED, _("It did not arrive: send it again")),
            (Message.State.CANCELLED, _("Give this delivery up")),
        ],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("Evidence or reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example a line of the mail server's log with the Message-ID, or an answer from the mandate."),
    )
