from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from petitions.models import ModerationDecision, Signature

Reason = ModerationDecision.Reason


class SeenForm(forms.Form):
    """A decision on what was on screen: carries the state the moderator looked at."""

    seen_state = forms.ChoiceField(choices=Signature.State.choices, widget=forms.HiddenInput)

    def __init__(self, *args: Any, signature: Signature, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen_state"] = signature.state
        self.auto_id = f"id_{type(self).__name__.lower()}_{signature.pk}_%s"


class AcceptForm(SeenForm):
    pass


class RefuseForm(SeenForm):
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[
            (reason.value, reason.label)
            for reason in (Reason.IDENTITY_DOUBTED, Reason.NOT_A_NAME, Reason.ABUSIVE, Reason.DUPLICATE)
        ],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("Note to the signatory"), max_length=1000, required=False, widget=forms.Textarea({"rows": 2})
    )


class AskForm(SeenForm):
    note = forms.CharField(label=_("Question to the signatory"), max_length=1000, widget=forms.Textarea({"rows": 3}))
