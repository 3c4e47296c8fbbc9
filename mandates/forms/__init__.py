"""What letter authors type, cleaned."""

from mandates.forms.answers import ReplyForm, ResolveForm
from mandates.forms.contacts import ContactCheckForm, ContactForm
from mandates.forms.covers import CoverForm, CoverStartForm
from mandates.forms.letters import AddresseesForm, ApprovalForm, LetterForm, LetterStartForm, NoteForm
from mandates.forms.questions import QuestionsForm

__all__ = [
    "AddresseesForm",
    "ApprovalForm",
    "ContactCheckForm",
    "ContactForm",
    "CoverForm",
    "CoverStartForm",
    "LetterForm",
    "LetterStartForm",
    "NoteForm",
    "QuestionsForm",
    "ReplyForm",
    "ResolveForm",
]
