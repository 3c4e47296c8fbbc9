"""What signatories and moderators type."""

from petitions.forms.following import FollowForm
from petitions.forms.moderation import AcceptForm, AskForm, RefuseForm
from petitions.forms.signing import AnswerForm, CodeForm, CosignForm, DisplayForm, ManageForm, SignForm

__all__ = [
    "AcceptForm",
    "AnswerForm",
    "AskForm",
    "CodeForm",
    "CosignForm",
    "DisplayForm",
    "FollowForm",
    "ManageForm",
    "RefuseForm",
    "SignForm",
]
