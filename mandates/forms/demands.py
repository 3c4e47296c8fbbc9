from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mandates.models import Mandate


class DemandAddresseesForm(forms.Form):
    """Whom of the directory a demand is addressed to."""

    mandates = forms.ModelMultipleChoiceField(
        label=_("Addressed to, in the directory"),
        queryset=Mandate.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, chosen: list[Mandate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        queryset = Mandate.objects.order_by("title")
        self.fields["mandates"].queryset = queryset  # type: ignore[attr-defined]  # a plain Field to the stubs
        self.initial["mandates"] = [mandate.pk for mandate in chosen]
