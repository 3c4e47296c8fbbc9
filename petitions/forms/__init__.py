"""What signatories and moderators type."""

from petitions.forms.following import FollowForm
from petitions.forms.invalidation import InvalidationForm
from petitions.forms.moderation import (
    AcceptForm,
    AskForm,
    RefuseForm,
    RemoveForm,
    SecondLookForm,
    SettleForm,
    TogetherForm,
)
from petitions.forms.signing import AnswerForm, CodeForm, CosignForm, DisplayForm, ManageForm, SignForm

__all__ = [
    "AcceptForm",
    "AnswerForm",
    "AskForm",
    "CodeForm",
    "CosignForm",
    "DisplayForm",
    "FollowForm",
    "InvalidationForm",
    "ManageForm",
    "RefuseForm",
    "RemoveForm",
    "SecondLookForm",
    "SettleForm",
    "SignForm",
    "TogetherForm",
]
