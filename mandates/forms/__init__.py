"""What letter authors type, cleaned."""

from mandates.forms.answers import AttachForm, ReleaseDecisionForm, ReleaseForm, ReplyForm, ResolveForm
from mandates.forms.contacts import ContactCheckForm, ContactForm
from mandates.forms.covers import CoverForm, CoverStartForm
from mandates.forms.directory import FindForm, HolderForm, ImportForm, MandateForm
from mandates.forms.keys import ConfirmKeyForm, KeyForm
from mandates.forms.letters import AddresseesForm, ApprovalForm, LetterForm, LetterStartForm, NoteForm
from mandates.forms.questions import QuestionsForm

__all__ = [
    "AddresseesForm",
    "ApprovalForm",
    "AttachForm",
    "ConfirmKeyForm",
    "ContactCheckForm",
    "ContactForm",
    "CoverForm",
    "CoverStartForm",
    "FindForm",
    "HolderForm",
    "ImportForm",
    "KeyForm",
    "LetterForm",
    "LetterStartForm",
    "MandateForm",
    "NoteForm",
    "QuestionsForm",
    "ReleaseDecisionForm",
    "ReleaseForm",
    "ReplyForm",
    "ResolveForm",
]
