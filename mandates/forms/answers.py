from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mandates.incoming import Mail, Part
from mandates.journey import sent_on
from mandates.models import IncomingMail, Letter, Mandate, Reply
from mandates.references import parse_reference, why_unlikely
from outbox.models import Message


class ReplyForm(forms.Form):
    """An answer that came, by hand or in `mail`, and what of it the public may read.

    `read` is what the mail says; one that is forged needs a word on how its sender was checked.
    """

    kind = forms.ChoiceField(label=_("What came"), choices=Reply.Kind.choices, widget=forms.RadioSelect)
    mandate = forms.ModelChoiceField(
        Mandate.objects.none(), label=_("From"), required=False, empty_label=_("several mandates, or the Government")
    )
    received_on = forms.DateField(label=_("Received on"), widget=forms.DateInput(attrs={"type": "date"}))
    reference = forms.CharField(
        label=_("UN reference"), max_length=40, required=False, help_text=_("As on the UN's letter: AL IRN 14/2021.")
    )
    is_reference_sure = forms.BooleanField(
        label=_("The reference is right as I typed it, although it looks unlikely"), required=False
    )
    communication_on = forms.DateField(
        label=_("Date of the mandate's letter to the Government"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("If known: the State's 60 days count from it."),
    )
    document = forms.ChoiceField(
        label=_("The UN's document"),
        required=False,
        help_text=_("Its SHA-256 is kept, by which the published document can be recognised."),
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
        help_text=_("One sentence, without anything confidential. Another person must publish it."),
    )
    vouched_for = forms.CharField(
        label=_("How did you check the sender?"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("This mail does not come from whom it says. For example: asked the secretariat by telephone."),
    )

    def __init__(
        self,
        *args: Any,
        letter: Letter,
        today: date,
        mail: IncomingMail | None = None,
        read: Mail | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.letter, self.today, self.mail = letter, today, mail
        self.parts: dict[str, Part] = {str(part.number): part for part in read.attachments} if read else {}
        # Not through the join, which would name a mandate again for each approval that was withdrawn.
        written_to = Mandate.objects.filter(pk__in=letter.deliveries.values("mandate"))
        self.fields["mandate"].queryset = written_to  # type: ignore[attr-defined]  # a plain Field to the stubs
        named = [(number, part.name or part.media_type) for number, part in self.parts.items()]
        self.fields["document"].choices = [("", _("none")), *named]  # type: ignore[attr-defined]  # a plain Field to the stubs
        for name, is_needed in (("document", bool(named)), ("vouched_for", mail is not None and mail.is_forged)):
            if not is_needed:
                del self.fields[name]
        if mail is None:
            kinds = [choice for choice in Reply.Kind.choices if choice[0] != Reply.Kind.NONE]
            self.fields["kind"].choices = kinds  # type: ignore[attr-defined]  # a plain Field to the stubs

    @property
    def words(self) -> dict[str, Any]:
        """What the action `record_reply` takes."""
        names = (
            "kind",
            "mandate",
            "received_on",
            "reference",
            "communication_on",
            "text",
            "public_summary",
            "vouched_for",
        )
        words = {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}
        part = self.parts.get(self.cleaned_data.get("document", ""))
        return {**words, "document_name": part.name, "document_sha256": part.sha256} if part else words

    def clean_reference(self) -> str:
        typed = str(self.cleaned_data["reference"])
        reference = parse_reference(typed)
        if typed.strip() and reference is None:
            raise forms.ValidationError(
                gettext("A UN reference looks like AL IRN 14/2021: kind, State in three letters, number/year.")
            )
        return str(reference or "")

    def clean(self) -> dict[str, Any]:
        self._check_reference()
        is_answer = self.cleaned_data.get("kind") != Reply.Kind.NONE
        if "vouched_for" in self.fields and is_answer and not self.cleaned_data.get("vouched_for"):
            self.add_error(
                "vouched_for",
                gettext("A forged mail counts as an answer only when you say how you checked the sender."),
            )
        return self.cleaned_data

    def _check_reference(self) -> None:
        reference = parse_reference(self.cleaned_data.get("reference", ""))
        if reference is None or self.cleaned_data.get("is_reference_sure"):
            return
        why = why_unlikely(
            reference,
            letter=self.letter,
            communication_on=self.cleaned_data.get("communication_on"),
            sent_on=sent_on(self.letter),
            today=self.today,
        )
        if why:
            self.add_error("reference", why)

    def clean_received_on(self) -> date:
        return self._not_in_future("received_on")

    def clean_communication_on(self) -> date | None:
        return self._not_in_future("communication_on") if self.cleaned_data["communication_on"] else None

    def _not_in_future(self, name: str) -> date:
        day: date = self.cleaned_data[name]
        if day > self.today:
            raise forms.ValidationError(gettext("This day has not come yet."))
        return day


class AttachForm(forms.Form):
    """Which letter a stray belongs to."""

    letter = forms.CharField(
        label=_("Our reference, or the letter's number"),
        max_length=120,
        help_text=_("As on the letter's page, for example CS-EXAMPLE-12."),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )
    keep_addresses = forms.BooleanField(
        label=_("From now on, mail to the same address of ours belongs to this letter"), required=False
    )

    def clean_letter(self) -> Letter:
        number = str(self.cleaned_data["letter"]).strip().rpartition("-")[2]
        letters = Letter.objects.filter(state=Letter.State.APPROVED).select_related("case__person")
        letter = (
            letters.filter(pk=int(number)).first()
            if number.isascii() and number.isdigit() and len(number) < 13
            else None
        )
        typed = str(self.cleaned_data["letter"]).strip().upper()
        if letter is None or typed not in {str(letter.pk), letter.reference.upper()}:
            raise forms.ValidationError(gettext("No letter that has left has this reference."))
        return letter


class ReleaseForm(forms.Form):
    """What everybody may read of an answer."""

    summary = forms.CharField(
        label=_("Summary for the public page"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text=_("One sentence. Leave empty to show only that an answer came."),
    )
    text = forms.CharField(
        label=_("Text with everything confidential taken out"),
        max_length=50_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 14, "dir": "auto"}),
        help_text=_("Take out every name that is not public, addresses, telephone numbers and the UN's references."),
    )
    reference_from = forms.DateField(
        label=_("The UN's reference and dates are shown from"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Letters between mandates and Governments are confidential for 60 days."),
    )


class ReleaseDecisionForm(forms.Form):
    """A second person lets a text out."""

    tell_signatories = forms.BooleanField(
        label=_(
            "Write to the signatories who asked for news of a petition on this case or of the statement handed over, "
            "and to those who follow it"
        ),
        required=False,
    )


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
