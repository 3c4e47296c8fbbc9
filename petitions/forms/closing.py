"""What somebody says who closes an account."""

from django import forms
from django.utils.translation import gettext_lazy as _

from petitions.actions.account_closing import Fate


class CloseAccountForm(forms.Form):
    fate = forms.TypedChoiceField(
        label=_("Your signatures"),
        choices=Fate.choices,
        coerce=Fate,
        initial=Fate.STAY,
        widget=forms.RadioSelect,
    )
