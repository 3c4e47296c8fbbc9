"""What letter authors type, cleaned."""

from mandates.forms.answers import AttachForm, ReleaseDecisionForm, ReleaseForm, ReplyForm, ResolveForm
from mandates.forms.contacts import ContactCheckForm, ContactForm
from mandates.forms.letters import AddresseesForm, ApprovalForm, LetterForm, LetterStartForm, NoteForm

__all__ = [
    "AddresseesForm",
    "ApprovalForm",
    "AttachForm",
    "ContactCheckForm",
    "ContactForm",
    "LetterForm",
    "LetterStartForm",
    "NoteForm",
    "ReleaseDecisionForm",
    "ReleaseForm",
    "ReplyForm",
    "ResolveForm",
]
