"""What signatories and moderators type."""

from petitions.forms.following import FollowForm
from petitions.forms.moderation import AcceptForm, AskForm, RefuseForm
from petitions.forms.signing import AnswerForm, CodeForm, CosignForm, DisplayForm, ManageForm, SignForm
from petitions.forms.updates import CarryForm, ReturnForm, UpdateStartForm, UpdateTextsForm

__all__ = [
    "AcceptForm",
    "AnswerForm",
    "AskForm",
    "CarryForm",
    "CodeForm",
    "CosignForm",
    "DisplayForm",
    "FollowForm",
    "ManageForm",
    "RefuseForm",
    "ReturnForm",
    "SignForm",
    "UpdateStartForm",
    "UpdateTextsForm",
]
