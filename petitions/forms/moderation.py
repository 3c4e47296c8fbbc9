from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from petitions.models import ModerationDecision, SecondLook, Signature

Reason = ModerationDecision.Reason

REFUSALS = (Reason.IDENTITY_DOUBTED, Reason.IMPERSONATED, Reason.NOT_A_NAME, Reason.ABUSIVE, Reason.DUPLICATE)
REMOVALS = (*REFUSALS, Reason.BULK)


def _as_choices(reasons: tuple[Reason, ...]) -> list[tuple[str, Any]]:
    return [(reason.value, reason.label) for reason in reasons]


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
    reason = forms.ChoiceField(label=_("Reason"), choices=_as_choices(REFUSALS), widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("Note to the signatory"), max_length=1000, required=False, widget=forms.Textarea({"rows": 2})
    )


class RemoveForm(RefuseForm):
    reason = forms.ChoiceField(label=_("Reason"), choices=_as_choices(REMOVALS), widget=forms.RadioSelect)


class AskForm(SeenForm):
    note = forms.CharField(label=_("Question to the signatory"), max_length=1000, widget=forms.Textarea({"rows": 3}))


class TogetherForm(forms.Form):
    """One decision for all of a cluster that were there when the page was opened."""

    up_to = forms.IntegerField(min_value=0, max_value=2**62, widget=forms.HiddenInput)
    verdict = forms.ChoiceField(
        label=_("Decision"),
        choices=[("accept", _("Accept all")), ("refuse", _("Refuse all"))],
        widget=forms.RadioSelect,
    )
    reason = forms.ChoiceField(
        label=_("Reason, when you refuse"),
        choices=[("", _("none")), *_as_choices(REMOVALS)],
        required=False,
    )
    note = forms.CharField(
        label=_("Note to the signatories"), max_length=1000, required=False, widget=forms.Textarea({"rows": 2})
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("verdict") == "refuse" and not cleaned.get("reason"):
            self.add_error("reason", _("Choose a reason: each signatory reads it and can answer."))
        return cleaned


class SecondLookForm(forms.Form):
    """What a second moderator would decide."""

    verdict = forms.ChoiceField(
        label=_("What would you decide?"), choices=SecondLook.Verdict.choices, widget=forms.RadioSelect
    )
    reason = forms.ChoiceField(
        label=_("Reason, when you would refuse"),
        choices=[("", _("none")), *_as_choices(REFUSALS)],
        required=False,
    )


class SettleForm(forms.Form):
    """What two moderators who judged differently agreed on."""

    settlement = forms.CharField(label=_("What you agreed on"), max_length=1000, widget=forms.Textarea({"rows": 2}))

    def __init__(self, *args: Any, look: SecondLook, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = f"id_settle_{look.pk}_%s"
