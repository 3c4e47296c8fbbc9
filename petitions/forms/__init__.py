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
from petitions.forms.handover import AcknowledgementForm, CompareForm, DossierForm, HandoverForm
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
from petitions.forms.paper import PaperCheckForm, PaperForm
from petitions.forms.signing import AnswerForm, CodeForm, DisplayForm, ManageForm, SignForm
from petitions.forms.updates import CarryForm, ReturnForm, StopForm, UpdateStartForm, UpdateTextsForm

__all__ = [
    "AcceptForm",
    "AcknowledgementForm",
    "AnswerForm",
    "AskForNameForm",
    "AskForm",
    "CarryForm",
    "CodeForm",
    "CompareForm",
    "CosignForm",
    "CustodianForm",
    "DisplayForm",
    "DossierForm",
    "FollowForm",
    "HandoverForm",
    "InvalidationForm",
    "ManageForm",
    "OrganisationForm",
    "PaperCheckForm",
    "PaperForm",
    "RefuseForm",
    "RemoveForm",
    "ReturnForm",
    "SecondLookForm",
    "SettleForm",
    "SignForm",
    "StopForm",
    "TogetherForm",
    "UnlockForm",
    "UpdateStartForm",
    "UpdateTextsForm",
    "WithheldForm",
]
