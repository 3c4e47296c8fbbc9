"""What signatories and moderators type."""

from petitions.forms.following import FollowForm
from petitions.forms.handover import AcknowledgementForm, CompareForm, DossierForm, HandoverForm
from petitions.forms.moderation import AcceptForm, AskForm, RefuseForm
from petitions.forms.signing import AnswerForm, CodeForm, CosignForm, DisplayForm, ManageForm, SignForm

__all__ = [
    "AcceptForm",
    "AcknowledgementForm",
    "AnswerForm",
    "AskForm",
    "CodeForm",
    "CompareForm",
    "CosignForm",
    "DisplayForm",
    "DossierForm",
    "FollowForm",
    "HandoverForm",
    "ManageForm",
    "RefuseForm",
    "SignForm",
]
