"""What signatories and moderators type."""

from petitions.forms.closing import CloseAccountForm
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
from petitions.forms.invalidation import InvalidationForm, SparingForm
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
from petitions.forms.signing import AnswerForm, CodeForm, DisplayForm, ManageForm, NewsForm, SignForm
from petitions.forms.updates import CarryForm, ReturnForm, StopForm, UpdateStartForm, UpdateTextsForm

__all__ = [
    "AcceptForm",
    "AcknowledgementForm",
    "AnswerForm",
    "AskForNameForm",
    "AskForm",
    "CarryForm",
    "CloseAccountForm",
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
    "NewsForm",
    "OrganisationForm",
    "PaperCheckForm",
    "PaperForm",
    "RefuseForm",
    "RemoveForm",
    "ReturnForm",
    "SecondLookForm",
    "SettleForm",
    "SignForm",
    "SparingForm",
    "StopForm",
    "TogetherForm",
    "UnlockForm",
    "UpdateStartForm",
    "UpdateTextsForm",
    "WithheldForm",
]
