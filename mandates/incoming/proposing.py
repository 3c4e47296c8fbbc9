"""What a mail probably is. A proposal on the form, never a decision: a person reads the mail and says."""

import re

from mandates.incoming.matching import un_references_in
from mandates.incoming.reading import Mail
from mandates.models import ContactPoint, Letter, Mandate, Reply

_MORE = re.compile(
    r"(further|additional|more) (information|details)|clarif|renseignements compl|información adicional", re.I
)
_RECEIVED = re.compile(r"\b(received|receipt|acknowledg|accus[ée]|bien reçu|recib|acuse)", re.I)


def propose_kind(mail: Mail) -> str:
    """A value of `Reply.Kind`, or "" when the mail gives no hint."""
    words = f"{mail.subject}\n{mail.text[:5000]}"
    if un_references_in(words):
        return Reply.Kind.COMMUNICATION_SENT
    if _MORE.search(words):
        return Reply.Kind.MORE_ASKED
    if _RECEIVED.search(words):
        return Reply.Kind.ACKNOWLEDGED
    return Reply.Kind.NONE if mail.is_automatic else ""


def propose_mandate(mail: Mail, *, letter: Letter) -> Mandate | None:
    """The mandate of `letter` that wrote, when it wrote from an address we know."""
    points = ContactPoint.objects.filter(mandate__deliveries__letter=letter).select_related("mandate")
    return next((point.mandate for point in points if point.value.lower() in mail.senders), None)


def propose_reference(mail: Mail) -> str:
    """The UN's reference in the subject or the text, or ""."""
    return next(iter([*un_references_in(mail.subject), *un_references_in(mail.text[:20_000])]), "")
