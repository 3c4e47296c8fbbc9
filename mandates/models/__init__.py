"""UN mandates, who holds them, how they are reached; letters, their delivery and their answers."""

from mandates.models.answers import IncomingMail, MailboxSighting, News, OverdueNotice, ReplyAlias, ReplyRelease
from mandates.models.directory import Competence, ContactPoint, DemandAddressee, Mandate, MandateHolder, Violation
from mandates.models.letter import (
    REFERENCE_PATTERN,
    Delivery,
    Letter,
    LetterAddressee,
    LetterStep,
    LetterViolation,
    Reply,
)

__all__ = [
    "REFERENCE_PATTERN",
    "Competence",
    "ContactPoint",
    "Delivery",
    "DemandAddressee",
    "IncomingMail",
    "Letter",
    "LetterAddressee",
    "LetterStep",
    "LetterViolation",
    "MailboxSighting",
    "Mandate",
    "MandateHolder",
    "News",
    "OverdueNotice",
    "Reply",
    "ReplyAlias",
    "ReplyRelease",
    "Violation",
]
