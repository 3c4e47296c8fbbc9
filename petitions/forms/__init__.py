"""What signatories and moderators type."""

from petitions.forms.cosigning import (
    AskForNameForm,
    CosignForm,
    CustodianForm,
    OrganisationForm,
    UnlockForm,
    WithheldForm,
)
from petitions.forms.following import FollowForm
from petitions.forms.moderation import AcceptForm, AskForm, RefuseForm
from petitions.forms.paper import PaperCheckForm, PaperForm
from petitions.forms.signing import AnswerForm, CodeForm, DisplayForm, ManageForm, SignForm
from petitions.forms.updates import CarryForm, ReturnForm, UpdateStartForm, UpdateTextsForm

__all__ = [
    "AcceptForm",
    "AnswerForm",
    "AskForNameForm",
    "AskForm",
    "CarryForm",
    "CodeForm",
    "CosignForm",
    "CustodianForm",
    "DisplayForm",
    "FollowForm",
    "ManageForm",
    "OrganisationForm",
    "PaperCheckForm",
    "PaperForm",
    "RefuseForm",
    "ReturnForm",
    "SignForm",
    "UnlockForm",
    "UpdateStartForm",
    "UpdateTextsForm",
    "WithheldForm",
]
